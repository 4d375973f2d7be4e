import { assertEquals } from "@std/assert";
import type { MediaSource } from "../../../shared/protocol/mod.ts";
import { meetingOfTwo } from "./meeting_of_two.ts";
import { withMedia } from "./meeting_world.ts";

Deno.test("mute › of a second source leaves the first one muted, and one that holds already tells nobody", async () => {
  const { world, ann, bob, microphone } = await meetingOfTwo();
  await using _world = world;
  const mute = (source: MediaSource) =>
    world.ask("mute", { by: ann.id, participantId: bob.id, source, muted: true });
  assertEquals([await mute("microphone"), await mute("camera")], ["ok", "ok"]);
  assertEquals(await world.setPaused(bob, microphone, false), "forbidden");
  const told = [ann.told.types(), bob.told.types(), world.audit.received.length];
  assertEquals(await mute("camera"), "ok");
  assertEquals([ann.told.types(), bob.told.types(), world.audit.received.length], told);
});

Deno.test("mute › of a screen leaves the microphone muted", async () => {
  const { world, ann, bob, microphone } = await meetingOfTwo();
  await using _world = world;
  for (const source of ["microphone", "screen"] as const) {
    await world.ask("mute", { by: ann.id, participantId: bob.id, source, muted: true });
  }
  assertEquals(await world.setPaused(bob, microphone, false), "forbidden");
});

Deno.test("mute › its end says that the source is still off, and whether its owner may switch it on", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  const mute = (muted: boolean) =>
    world.ask("mute", { by: ann.id, participantId: bob.id, source: "microphone", muted });
  ann.told.notifications.length = 0;
  await mute(true);
  await world.ask("permissions", { by: ann.id, permissions: { microphone: false } });
  await mute(false);
  assertEquals(bob.told.last("moderation.muted")?.may_unmute, false, "it is not permitted");
  const shown = ann.told.all("participant.updated").flatMap(({ participant }) =>
    participant.sources.filter(({ source }) => source === "microphone")
  );
  assertEquals(new Set(shown.map(({ paused }) => paused)), new Set([true]));
  assertEquals(shown.map(({ muted_by_host }) => muted_by_host).at(-1), false);
});

Deno.test("mute › names no device that waits to those who are in", async () => {
  const { world, ann, bob } = await meetingOfTwo({ settings: { waiting_room: true } });
  await using _world = world;
  world.claims.set("gus", { participant_type: "guest", role: "guest" });
  const laptop = await world.enter("gus");
  world.claims.set("gus", { role: "host" });
  const phone = await world.enter("gus");
  const muted = { by: ann.id, participantId: phone.id, source: "camera", muted: true } as const;
  assertEquals(await world.ask("mute", muted), "ok");
  const named = bob.told.all("participant.updated").map(({ participant }) => participant.participant_id);
  assertEquals([named.includes(phone.id), named.includes(laptop.id)], [true, false]);
});

Deno.test("mute › of somebody who isn't in the meeting is refused, and so is asking them", async () => {
  const { world, ann } = await meetingOfTwo();
  await using _world = world;
  const of = { by: ann.id, participantId: "nobody", source: "microphone" } as const;
  assertEquals(await world.ask("mute", { ...of, muted: true }), "not_found");
  assertEquals(await world.ask("askUnmute", of), "not_found");
});

Deno.test("mute all › everybody is told of those whom it silences alone", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  await world.produce(ann, "microphone");
  const [cleo, dan] = [await world.enter("cleo", withMedia), await world.enter("dan", withMedia)];
  await world.produce(cleo, "camera");
  await world.setPaused(dan, await world.produce(dan, "microphone"), true);
  await world.kit.advance(1_000);
  ann.told.notifications.length = 0;
  assertEquals(await world.ask("muteAll", { by: ann.id, source: "microphone" }), "ok");
  const [updated, ...others] = ann.told.all("participant.updated").map(({ participant }) => participant);
  assertEquals([updated?.participant_id, others], [bob.id, []]);
  const shown = updated?.sources.map(({ source, paused }) => [source, paused]);
  assertEquals(shown, [["microphone", true], ["camera", false]]);
  const muted = [ann, bob, cleo, dan].map(({ told }) => told.all("moderation.muted"));
  const notice = { participant_id: bob.id, source: "microphone", muted: true, by: ann.id, may_unmute: true };
  assertEquals(muted, [[], [notice], [], []]);
});
