import { assertEquals } from "@std/assert";
import type { SourceState } from "../../../shared/protocol/mod.ts";
import { connect, produce, resumeOf } from "./coming_back.ts";
import { isPausedAtHandler, transportOf } from "./meeting_of_two.ts";
import { type Entered, MeetingWorld, withMedia } from "./meeting_world.ts";

for (const keep_media of [true, false]) {
  const how = keep_media ? "keeps its media" : "has fresh transports";
  Deno.test(`resume › a microphone that was silenced meanwhile stays so where the client ${how}, until its owner switches it on`, async () => {
    await using world = new MeetingWorld();
    world.claims.set("host", { role: "host" });
    const host = await world.enter("host", withMedia);
    const ada = await world.enter("ada", withMedia);
    const id = ada.answer.participant_id;
    const sound = () =>
      [...world.handler.participants.get(id)?.producers ?? []].map(([producerId, { paused }]) => ({
        producerId,
        paused,
      }));
    await connect(world, ada.answer);
    await produce(world, ada.answer);
    world.lose(ada.client);
    assertEquals(await world.ask("muteAll", { by: host.id, source: "microphone" }), "ok");
    // The client has not heard of it.
    const said = { keep_media, sources: [{ source: "microphone", paused: false }] } as const;
    const { answer } = await world.enter(
      "ada",
      resumeOf(ada.answer, { ...said, sources: [...said.sources] }),
    );
    assertEquals([answer.media_kept ?? false, answer.start_muted], [keep_media, ["microphone"]]);
    if (!keep_media) {
      await connect(world, answer);
      await produce(world, answer);
    }
    await world.kit.advance(100);
    assertEquals(sound().map(({ paused }) => paused), sound().map(() => true));

    const producerId = sound().at(-1)?.producerId ?? "";
    const order = { participantId: id, sub: "ada", producerId, paused: false };
    await world.kit.finish(world.routing().ask("setPaused", order));
    const again = await world.enter(
      "ada",
      resumeOf(answer, { ...said, keep_media: true, sources: [...said.sources] }),
    );
    await world.kit.advance(100);
    assertEquals([again.answer.start_muted, sound().at(-1)?.paused], [undefined, false]);
  });
}

for (const keep_media of [true, false]) {
  const how = keep_media ? "media that it keeps" : "fresh transports";
  Deno.test(`resume › where the client waits for ${how}, the answer says what was silenced meanwhile`, async () => {
    await using world = new MeetingWorld();
    world.claims.set("host", { role: "host" });
    const host = await world.enter("host", withMedia);
    const ada = await world.enter("ada", withMedia);
    await connect(world, ada.answer);
    await produce(world, ada.answer);
    world.lose(ada.client);
    assertEquals(await world.ask("muteAll", { by: host.id, source: "microphone" }), "ok");
    world.handler.faults.full = true;
    const sources: SourceState[] = [{ source: "microphone", paused: false }];
    const { answer } = await world.enter("ada", resumeOf(ada.answer, { keep_media, sources }));
    assertEquals([answer.media_pending, answer.start_muted], [true, ["microphone"]]);
  });
}

/** Has a participant's client answer that their microphone is silenced: it is paused there, too. */
const acknowledgements = {
  "pauses it": async (world: MeetingWorld, ada: Entered, producerId: string) => {
    assertEquals(await world.setPaused(ada, producerId, true), "ok");
    return ada;
  },
  "comes back with it paused": async (world: MeetingWorld, ada: Entered) => {
    world.lose(ada.client);
    const sources: SourceState[] = [{ source: "microphone", paused: true }];
    return await world.enter("ada", resumeOf(ada.answer, { keep_media: true, sources }));
  },
  "sends it anew, paused": async (world: MeetingWorld, ada: Entered) => {
    const what = { ...transportOf(ada), source: "microphone", paused: true } as const;
    assertEquals(await world.outcome(world.producing(what)), "ok");
    return ada;
  },
};
for (const [what, acknowledge] of Object.entries(acknowledgements)) {
  Deno.test(`resume › a microphone that was silenced, whose client ${what}, is on once its client says so`, async () => {
    await using world = new MeetingWorld();
    world.claims.set("host", { role: "host" });
    const host = await world.enter("host", withMedia);
    const ada = await world.enter("ada", withMedia);
    await connect(world, ada.answer);
    const producerId = await world.produce(ada, "microphone");
    assertEquals(await world.ask("muteAll", { by: host.id, source: "microphone" }), "ok");
    const silenced = await acknowledge(world, ada, producerId);
    world.lose(silenced.client);
    const sources: SourceState[] = [{ source: "microphone", paused: false }];
    const { answer } = await world.enter("ada", resumeOf(silenced.answer, { keep_media: true, sources }));
    await world.kit.advance(100);
    assertEquals([answer.start_muted, isPausedAtHandler(world, ada, "microphone")], [undefined, false]);
  });
}
