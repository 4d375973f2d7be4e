import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { closeCodes } from "../../../shared/protocol/mod.ts";
import { connect, produce, resumeOf } from "./coming_back.ts";
import { freshTokenOf, MeetingWorld, withMedia } from "./meeting_world.ts";

Deno.test("resume › with keep_media and connected transports the media goes on", async () => {
  await using world = new MeetingWorld();
  const ada = await world.enter("ada", withMedia);
  await connect(world, ada.answer);
  const there = world.handler.participants.get(ada.answer.participant_id);
  const again = await world.enter("ada", resumeOf(ada.answer, { keep_media: true }));
  assertEquals([again.answer.media_kept, again.answer.transports], [true, undefined]);
  assertEquals(world.handler.participants.get(ada.answer.participant_id), there);
});

Deno.test("resume › with keep_media it need not say again what the client can receive", async () => {
  await using world = new MeetingWorld();
  const ada = await world.enter("ada", withMedia);
  await connect(world, ada.answer);
  const { resume } = resumeOf(ada.answer, { keep_media: true });
  assertEquals((await world.enter("ada", { resume })).answer.media_kept, true);
});

Deno.test("resume › with keep_media it shows what it showed, unless it says otherwise", async () => {
  await using world = new MeetingWorld();
  const bob = await world.enter("bob", withMedia);
  await produce(world, bob.answer);
  const ada = await world.enter("ada", withMedia);
  await connect(world, ada.answer);
  const { participant_id: participantId } = ada.answer;
  assertEquals(ada.answer.assignments.length, 1);
  await world.outcome(
    world.routing().ask("setLayout", { participantId, layout: { mode: "grid", slots: 0 } }),
  );
  const { resume } = resumeOf(ada.answer, { keep_media: true });
  const silent = await world.enter("ada", { resume });
  assertEquals([silent.answer.media_kept, silent.answer.assignments], [true, []]);
  const again = resumeOf(silent.answer, { keep_media: true }).resume;
  const seen = await world.enter("ada", { resume: again, layout: { mode: "grid", slots: 9 } });
  assertEquals(seen.answer.assignments.length, 1);
});

Deno.test("resume › a microphone that is to start muted is said to be so again, until there is one", async () => {
  await using world = new MeetingWorld({ settings: { start_muted_above: 1 } });
  await world.enter("ada");
  const bob = await world.enter("bob", withMedia);
  assertEquals(bob.answer.start_muted, ["microphone"]);
  const again = await world.enter("bob", resumeOf(bob.answer));
  assertEquals(again.answer.start_muted, ["microphone"]);
  await world.produce(again, "microphone");
  const last = await world.enter("bob", resumeOf(again.answer));
  assertEquals(last.answer.start_muted, undefined);
});

Deno.test("resume › with keep_media and transports that are not connected it brings fresh ones", async () => {
  await using world = new MeetingWorld();
  const ada = await world.enter("ada", withMedia);
  await connect(world, ada.answer);
  world.handler.losePath(ada.answer.participant_id);
  const { answer } = await world.enter("ada", resumeOf(ada.answer, { keep_media: true }));
  assertEquals(answer.media_kept, false);
  assertNotEquals(answer.transports?.send.id, ada.answer.transports?.send.id);
  // Without the wish there is no word about it.
  assertEquals((await world.enter("ada", resumeOf(answer))).answer.media_kept, undefined);
});

Deno.test("resume › media that can't be kept in time is replaced by fresh transports later", async () => {
  await using world = new MeetingWorld();
  const ada = await world.enter("ada", withMedia);
  await connect(world, ada.answer);
  world.handler.faults.full = true;
  const again = await world.enter("ada", resumeOf(ada.answer, { keep_media: true }));
  assertEquals([again.answer.media_kept, again.answer.media_pending], [undefined, true]);
  world.handler.faults.full = false;
  await world.kit.advance(2_000);
  const moved = again.told.notifications.find(({ type }) => type === "media.moved");
  assert(moved?.type === "media.moved");
  assertNotEquals(moved.data.transports.send.id, ada.answer.transports?.send.id);
});

Deno.test("resume › while no media can be had it succeeds, and media follows", async () => {
  await using world = new MeetingWorld();
  const ada = await world.enter("ada", withMedia);
  world.handler.faults.full = true;
  const again = await world.enter("ada", resumeOf(ada.answer));
  assertEquals(again.answer.participant_id, ada.answer.participant_id);
  assertEquals([again.answer.media_pending, again.answer.transports], [true, undefined]);
  assertEquals(ada.told.ended, closeCodes.replaced);
  world.handler.faults.full = false;
  await world.kit.advance(2_000);
  assertEquals(again.told.types().includes("media.moved"), true);
});

Deno.test("resume › of a participant who is on the way out makes a new participant, and leaves nothing behind", async () => {
  await using world = new MeetingWorld();
  const bob = await world.enter("bob", withMedia);
  const ada = await world.enter("ada", withMedia);
  const { client } = await world.connect("ada");
  // Both arrive in one turn: the join is handled while the leave still detaches ada's media.
  const left = world.meeting.ask("leave", { participantId: ada.answer.participant_id, client: ada.client });
  const joined = world.joinOver(client, "ada", resumeOf(ada.answer));
  await world.kit.finish(left);
  const answer = await world.kit.finish(joined);
  await world.kit.advance(1_000);
  assert(answer.ok);
  assertEquals(answer.value.resumed, false);
  assertNotEquals(answer.value.participant_id, ada.answer.participant_id);
  const there = [bob.answer.participant_id, answer.value.participant_id].sort();
  assertEquals([...world.handler.participants.keys()].sort(), there);
  const counted = await world.kit.finish(world.meeting.ask("count", undefined));
  assertEquals(counted.ok && counted.value.joined, 2);
});

Deno.test("resume › of each of one person's devices is that device's", async () => {
  await using world = new MeetingWorld();
  for (const device of [await world.enter("bob"), await world.enter("bob")]) {
    const again = await world.enter("bob", resumeOf(device.answer));
    assertEquals([again.id, again.answer.resumed], [device.id, true]);
  }
});

Deno.test("attempt › a try of the same join while the participant is on the way out makes a new one", async () => {
  await using world = new MeetingWorld();
  const request = { ...withMedia, attempt_id: "a-1" };
  const ada = await world.enter("ada", request);
  const { client } = await world.connect("ada");
  const left = world.meeting.ask("leave", { participantId: ada.id, client: ada.client });
  const joined = world.joinOver(client, "ada", request);
  await world.kit.finish(left);
  const answer = await world.kit.finish(joined);
  assert(answer.ok);
  assertNotEquals(answer.value.participant_id, ada.id);
});

Deno.test("join › a second one over the same connection is refused, and changes nothing", async () => {
  await using world = new MeetingWorld();
  const ada = await world.enter("ada", withMedia);
  const again = await world.kit.finish(world.joinOver(ada.client, "ada"));
  assertEquals(again.ok ? "joined" : again.error.code, "unavailable");
  const counted = await world.kit.finish(world.meeting.ask("count", undefined));
  assertEquals(counted.ok && counted.value.joined, 1);
});

Deno.test("away › 12 s after the loss a participant's media is paused, and goes on with the resume", async () => {
  await using world = new MeetingWorld();
  const ada = await world.enter("ada", withMedia);
  await connect(world, ada.answer);
  await produce(world, ada.answer);
  const isPaused = () =>
    [...world.handler.participants.get(ada.answer.participant_id)?.producers.values() ?? []]
      .map(({ paused }) => paused);
  world.lose(ada.client);
  await world.kit.advance(11_900);
  assertEquals(isPaused(), [false]);
  await world.kit.advance(200);
  assertEquals(isPaused(), [true]);
  const again = await world.enter("ada", resumeOf(ada.answer, { keep_media: true }));
  await world.kit.advance(100);
  assertEquals([again.answer.media_kept, isPaused()], [true, [false]]);
  assertEquals(again.answer.participants[0]?.sources.map(({ paused }) => paused), [false]);
});

Deno.test("away › who is back within 12 s is paused neither then nor later", async () => {
  await using world = new MeetingWorld();
  const ada = await world.enter("ada", withMedia);
  await connect(world, ada.answer);
  await produce(world, ada.answer);
  world.lose(ada.client);
  await world.kit.advance(5_000);
  await world.enter("ada", resumeOf(ada.answer, { keep_media: true }));
  await world.kit.advance(10_000);
  const producers = world.handler.participants.get(ada.id)?.producers.values() ?? [];
  assertEquals([...producers].map(({ paused }) => paused), [false]);
});

/** What a resume says of the microphone, whether it was on before, and whether it is on after it where the media is kept. */
const words = [
  ["says that it is muted", [{ source: "microphone", paused: true }], true, false],
  ["says that it is on", [{ source: "microphone", paused: false }], true, true],
  ["says that it is on, which it wasn't", [{ source: "microphone", paused: false }], false, true],
  ["doesn't speak of it", [], true, true],
  ["doesn't speak of it, which was muted", [], false, false],
] as const;
for (const [what, sources, wasOn, isOn] of words) {
  Deno.test(`resume › with keep_media, where the client ${what}, the microphone is ${isOn ? "on" : "muted"} from its answer on`, async () => {
    await using world = new MeetingWorld();
    const ada = await world.enter("ada", withMedia);
    const id = ada.answer.participant_id;
    await connect(world, ada.answer);
    await produce(world, ada.answer);
    const [producerId = ""] = world.handler.participants.get(id)?.producers.keys() ?? [];
    if (!wasOn) {
      const order = { participantId: id, sub: "ada", producerId, paused: true };
      await world.kit.finish(world.routing().ask("setPaused", order));
    }
    world.lose(ada.client);
    await world.kit.advance(1_000);
    const again = await world.enter("ada", resumeOf(ada.answer, { keep_media: true, sources: [...sources] }));
    assertEquals(again.answer.media_kept, true);
    const shown = again.answer.participants.find(({ participant_id }) => participant_id === id)?.sources;
    assertEquals(shown?.map(({ paused }) => paused), [!isOn]);
    await world.kit.advance(100);
    assertEquals(world.handler.participants.get(id)?.producers.get(producerId)?.paused, !isOn);
  });
}

Deno.test("resume › where the meeting is behind with its messages, the answer shows the sources as the media is", async () => {
  await using world = new MeetingWorld();
  const ada = await world.enter("ada", withMedia);
  await connect(world, ada.answer);
  await produce(world, ada.answer);
  const [producerId = ""] = world.handler.participants.get(ada.id)?.producers.keys() ?? [];
  assertEquals(await world.setPaused(ada, producerId, true), "ok");
  world.lose(ada.client);
  await world.kit.settle();
  const sources = [{ source: "microphone", paused: false }] as const;
  const { joined } = await world.join(
    "ada",
    resumeOf(ada.answer, { keep_media: true, sources: [...sources] }),
  );
  for (let count = 0; count < 1_000; count++) world.meeting.tell("speaker", { participantId: null });
  const answer = await world.kit.finish(joined);
  assert(answer.ok);
  const shown = answer.value.participants.find(({ participant_id }) => participant_id === ada.id)?.sources;
  assertEquals(shown?.map(({ paused }) => paused), [false]);
});

Deno.test("away › who is away can be written to, reads it at the resume, and can't be asked meanwhile", async () => {
  await using world = new MeetingWorld();
  world.claims.set("ann", { role: "host" });
  const [ann, bob] = [await world.enter("ann"), await world.enter("bob")];
  world.lose(bob.client);
  await world.kit.settle();
  assertEquals(await world.ask("chat", { participantId: ann.id, text: "there?", to: bob.id }), "ok");
  const asked = { by: ann.id, participantId: bob.id, source: "microphone" } as const;
  assertEquals(await world.ask("askUnmute", asked), "not_found");
  const { correlation_id, binding_token } = bob.answer;
  const back = await world.enter("bob", { resume: { correlation_id, binding_token } });
  assertEquals(back.answer.chat.map(({ text }) => text), ["there?"]);
  assertEquals(await world.ask("askUnmute", asked), "ok");
});

Deno.test("away › a participant who is not back after 30 s has left", async () => {
  await using world = new MeetingWorld();
  const bob = await world.enter("bob", withMedia);
  const ada = await world.enter("ada", withMedia);
  world.lose(ada.client);
  await world.kit.advance(29_900);
  assertEquals(bob.told.types().includes("participant.left"), false);
  await world.kit.advance(200);
  assertEquals(bob.told.types().at(-1), "participant.left");
  assertEquals([...world.handler.participants.keys()], [bob.answer.participant_id]);
});

Deno.test("resume › while another one waits for the handler's word the media goes on, too", async () => {
  await using world = new MeetingWorld();
  const ada = await world.enter("ada", withMedia);
  await connect(world, ada.answer);
  const there = world.handler.participants.get(ada.answer.participant_id);
  world.handler.faults.slowMs = 500;
  const resume = resumeOf(ada.answer, { keep_media: true });
  const { joined } = await world.join("ada", resume);
  const { answer } = await world.enter("ada", resume);
  assertEquals([answer.media_kept, answer.transports], [true, undefined]);
  assertEquals((await joined).ok, false, "the older connection was replaced");
  assertEquals(world.handler.participants.get(ada.answer.participant_id)?.epoch, there?.epoch);
});

Deno.test("resume › a token that the client has shown stays good over an answer and a renewal that may be lost", async () => {
  await using world = new MeetingWorld();
  const { answer, client } = await world.enter("ada");
  const { correlation_id, binding_token } = answer;
  world.lose(client);
  await world.kit.settle();
  const resume = { correlation_id, binding_token };
  const second = await world.enter("ada", { resume });
  world.meeting.tell("rebind", { participantId: second.id, ...freshTokenOf("ada") });
  await world.kit.settle();
  world.lose(second.client);
  await world.kit.settle();
  assertEquals((await world.enter("ada", { resume })).answer.resumed, true);
});
