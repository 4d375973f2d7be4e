import { assertEquals } from "@std/assert";
import type { Layout } from "../../../shared/protocol/mod.ts";
import { wantedConsumers } from "../../../meeting/routing/wanted.ts";
import { aProducer, aSlot, aSubscriber } from "./support/samples.ts";

/** The priorities by which a subscriber receives three cameras, a screen and a voice. */
function prioritiesIn(layout: Layout): Record<string, number> {
  const cameras = ["a", "b", "c"].map((id) => aProducer({ producerId: id, participantId: id }));
  const screen = aProducer({ producerId: "screen", participantId: "a", source: "screen" });
  const voice = aProducer({ producerId: "voice", participantId: "b", source: "microphone" });
  const producers = new Map([...cameras, screen, voice].map((one) => [one.producerId, one]));
  const slots = cameras.map(({ participantId }, slot) => aSlot(slot, "camera", participantId));
  const subscriber = aSubscriber({ layout, slots: [...slots, aSlot(3, "screen", "a", "screen")] });
  return Object.fromEntries(
    [...wantedConsumers(subscriber, { producers, sounds: [voice] })].map(([id, one]) => [id, one.priority]),
  );
}

Deno.test("wanted › sound goes first, then screens, pins, the speaker's stage, and the grid", () => {
  const { a, b, c, screen, voice } = prioritiesIn({ mode: "speaker", slots: 4, pinned: ["b"] });
  assertEquals([voice, screen, b, a, c].map(Number), [255, 200, 180, 160, 100]);
});

Deno.test("wanted › in a grid the first slot is one like the others", () => {
  const { a, b, c } = prioritiesIn({ mode: "grid", slots: 4 });
  assertEquals([a, b, c], [100, 100, 100]);
});

Deno.test("wanted › without slots there is sound alone", () => {
  const voice = aProducer({ producerId: "voice", participantId: "b", source: "microphone" });
  const camera = aProducer({ producerId: "b", participantId: "b" });
  const producers = new Map([voice, camera].map((one) => [one.producerId, one]));
  const wanted = wantedConsumers(aSubscriber({ layout: { mode: "grid", slots: 0 } }), {
    producers,
    sounds: [voice],
  });
  assertEquals([...wanted.keys()], ["voice"]);
});

Deno.test("wanted › a consumer is paused until the client has set it up, and none that was refused is wanted", () => {
  const producers = new Map(
    ["a", "b", "c"].map((id) => [id, aProducer({ producerId: id, participantId: id })]),
  );
  const slots = ["a", "b", "c"].map((id, slot) => aSlot(slot, "camera", id));
  const subscriber = aSubscriber({ slots, ready: new Set(["a"]), refused: new Set(["c"]) });
  const paused = [...wantedConsumers(subscriber, { producers, sounds: [] })].map((
    [id, one],
  ) => [id, one.paused]);
  assertEquals(paused, [["a", false], ["b", true]]);
});
