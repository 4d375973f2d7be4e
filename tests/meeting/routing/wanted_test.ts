import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import type { Layout } from "../../../shared/protocol/mod.ts";
import { newScene } from "../../../meeting/routing/scene.ts";
import { wantedConsumers } from "../../../meeting/routing/wanted.ts";
import { wantedBy } from "../../../meeting/routing/wanted_by.ts";
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

Deno.test("wanted › nobody hears themselves, nor what their client refused", () => {
  const [own, refused, other] = ["own", "refused", "other"].map((producerId) =>
    aProducer({ producerId, participantId: producerId, source: "microphone" })
  );
  assert(own !== undefined && refused !== undefined && other !== undefined);
  const sounds = [own, refused, other];
  const subscriber = aSubscriber({ participantId: "own", refused: new Set(["refused"]) });
  const producers = new Map(sounds.map((one) => [one.producerId, one]));
  assertEquals([...wantedConsumers(subscriber, { producers, sounds }).keys()], ["other"]);
});

Deno.test("wanted › is computed once, and anew when the layout, slots, clients or producers change", () => {
  const [a, b, voice] = ["a", "b", "voice"].map((id) =>
    aProducer({ producerId: id, participantId: id, source: id === "voice" ? "microphone" : "camera" })
  );
  assert(a !== undefined && b !== undefined && voice !== undefined);
  const subscriber = aSubscriber({ slots: [aSlot(0, "camera", "a"), aSlot(1, "camera", "b")] });
  const scene = { ...newScene(), producers: new Map([["a", a]]), sounds: [voice] };
  const summary = () =>
    [...wantedBy(subscriber, scene)].map(([id, { paused, priority }]) => `${id} ${priority} ${paused}`);
  const first = wantedBy(subscriber, scene);
  assertStrictEquals(wantedBy(subscriber, scene), first);
  assertEquals(summary(), ["a 100 true", "voice 255 true"]);
  subscriber.layout = { mode: "speaker", slots: 9 };
  assertEquals(summary(), ["a 160 true", "voice 255 true"]);
  scene.producers = new Map([["a", a], ["b", b]]);
  assertEquals(summary(), ["a 160 true", "b 100 true", "voice 255 true"]);
  subscriber.ready = new Set(["a"]);
  assertEquals(summary(), ["a 160 false", "b 100 true", "voice 255 true"]);
  subscriber.refused = new Set(["b"]);
  assertEquals(summary(), ["a 160 false", "voice 255 true"]);
  scene.sounds = [];
  assertEquals(summary(), ["a 160 false"]);
  subscriber.slots = [];
  assertEquals(summary(), []);
});

Deno.test("wanted › is the same whether it is computed anew or only for the slots and sounds that are others", () => {
  const cameras = ["a", "b", "c", "d"].map((id) => aProducer({ producerId: id, participantId: id }));
  const voices = ["a", "b", "c"].map((id) =>
    aProducer({ producerId: `voice-${id}`, participantId: id, source: "microphone" })
  );
  const producers = new Map([...cameras, ...voices].map((one) => [one.producerId, one]));
  const id = fc.constantFrom("a", "b", "c", "d", "gone");
  const slots = fc.uniqueArray(fc.record({ slot: fc.nat({ max: 5 }), id }), {
    maxLength: 5,
    selector: ({ id }) => id,
  });
  const scenes = fc.array(fc.record({ slots, sounds: fc.subarray(voices) }), { minLength: 2, maxLength: 6 });
  fc.assert(fc.property(scenes, (steps) => {
    const subscriber = aSubscriber({ layout: { mode: "speaker", slots: 6, pinned: ["b"] } });
    const scene = { ...newScene(), producers };
    for (const { slots, sounds } of steps) {
      subscriber.slots = slots.map(({ slot, id }) => aSlot(slot, "camera", id));
      scene.sounds = sounds;
      const sorted = (wanted: Iterable<[string, unknown]>) => [...wanted].sort();
      assertEquals(sorted(wantedBy(subscriber, scene)), sorted(wantedConsumers(subscriber, scene)));
    }
  }));
});
