import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Layout } from "../../../shared/protocol/mod.ts";
import { fillSlots } from "../../../meeting/layout/fill_slots.ts";
import { newGathering, notePictures } from "../../../meeting/layout/gathering.ts";
import { Hall } from "./hall.ts";

const grid = (slots: number, more: Partial<Layout> = {}): Layout => ({ mode: "grid", slots, ...more });
const speaker = (slots: number, more: Partial<Layout> = {}): Layout => ({ mode: "speaker", slots, ...more });
const pinned = (slots: number, ...ids: string[]): Layout => ({ mode: "pinned", slots, pinned: ids });

Deno.test("slots › people fill them in the order in which they come, oneself left out", () => {
  const hall = Hall.of(grid(4), "a", "b");
  assertEquals(hall.has("c", "nothing"), "a b (c)");
  assertEquals(hall.has("d", "camera"), "a b (c) d");
  assertEquals(hall.sets(grid(4, { include_self: true })), "a b (c) d");
  assertEquals(hall.sets(grid(5, { include_self: true })), "a b (c) d me");
  assertEquals(hall.sets(grid(5)), "a b (c) d");
});

Deno.test("slots › whoever takes themselves out of the layout is not kept on the stage before anybody spoke", () => {
  const hall = Hall.of(speaker(2, { include_self: true }), "a");
  assertEquals(hall.sets(speaker(2, { include_self: true })), "me a");
  assertEquals(hall.sets(speaker(2)), "a");
});

Deno.test("slots › with none there is no picture", () => {
  const hall = Hall.of(speaker(0, { pinned: ["a"] }), "a", "b");
  assertEquals(hall.has("b", "both"), "");
  assertEquals(hall.speaks("a"), "");
});

Deno.test("slots › a tile stays when others leave, and the freed slot is for the next one", () => {
  const hall = Hall.of(grid(3), "a", "b", "c", "d");
  assertEquals(hall.leaves("b"), "a d c");
  assertEquals(hall.leaves("a"), "- d c");
  assertEquals(hall.has("e", "nothing"), "(e) d c");
});

Deno.test("slots › a camera that is switched on takes a tile without a picture only where no slot is free", () => {
  const hall = Hall.of(grid(3), "a");
  hall.has("b", "nothing");
  assertEquals(hall.has("c", "nothing"), "a (b) (c)");
  hall.has("d", "nothing");
  assertEquals(hall.has("d", "camera"), "a (b) d");
  assertEquals(hall.sets(grid(4)), "a (b) d (c)");
  assertEquals(hall.has("e", "camera"), "a (b) d e");
  assertEquals(hall.sets(grid(5)), "a (b) d e (c)");
  assertEquals(hall.has("c", "camera"), "a (b) d e c");
});

Deno.test("slots › a camera that is switched off and on again keeps its slot", () => {
  const hall = Hall.of(grid(2), "a", "b", "c");
  assertEquals(hall.has("a", "nothing"), "(a) b");
  assertEquals(hall.has("a", "camera"), "a b");
});

Deno.test("slots › a shared screen takes the first slot in every mode, and moves nothing else", () => {
  for (const layout of [grid(4), speaker(4, { pinned: ["c"] }), pinned(4, "c")]) {
    const hall = Hall.of(layout, "a", "b", "c");
    hall.speaks("b");
    const before = new Map(hall.slots.map(({ slot, participantId }) => [participantId, slot]));
    hall.has("a", "both");
    const [stage, ...rest] = hall.slots;
    assertEquals([stage?.slot, stage?.participantId, stage?.source], [0, "a", "screen"]);
    assertEquals(rest.length, 3);
    const moved = rest.filter(({ slot, participantId }) => before.get(participantId) !== slot);
    // The tile that was there; behind it, where pins follow the screen, the tile whose slot the pin takes.
    assert(moved.length <= (layout.mode === "pinned" ? 2 : 1), `${layout.mode} moves ${moved.length}`);
  }
});

Deno.test("slots › a screen that ends leaves its slot to who waits for one", () => {
  const hall = Hall.of(grid(3), "a", "b", "c");
  assertEquals(hall.has("b", "both"), "b* b c");
  assertEquals(hall.has("b", "camera"), "a b c");
});

Deno.test("slots › a second screen is shown, and the first one keeps the stage", () => {
  const hall = Hall.of(grid(3), "a", "b", "c");
  hall.has("c", "both");
  assertEquals(hall.has("a", "both"), "c* b a*");
  assertEquals(hall.has("c", "camera"), "a* b a");
});

Deno.test("slots › in a grid a visible speaker moves nothing, and a hidden one takes the slot of the most silent", () => {
  const hall = Hall.of(grid(3), "a", "b", "c", "d");
  assertEquals(hall.speaks("b"), "a b c");
  assertEquals(hall.speaks("c"), "a b c");
  assertEquals(hall.speaks("d"), "d b c");
  assertEquals(hall.speaks("a"), "d a c");
});

Deno.test("slots › in a grid a hidden speaker takes the slot of a tile without a picture first", () => {
  const hall = Hall.of(grid(3), "a", "b", "c", "d");
  hall.speaks("b");
  hall.has("b", "nothing");
  assertEquals(hall.speaks("d"), "a d c");
});

Deno.test("slots › a speaker's stage follows the speaker, and the rest stays", () => {
  const hall = Hall.of(speaker(3), "a", "b", "c", "d");
  assertEquals(hall.speaks("c"), "c b a");
  assertEquals(hall.speaks("c"), "c b a");
  assertEquals(hall.speaks("d"), "d b a");
  assertEquals(hall.speaks("me"), "d b a");
  assertEquals(hall.leaves("d"), "c b a");
});

Deno.test("slots › the stage stays with who has it before anybody speaks", () => {
  const hall = Hall.of(speaker(3), "a", "b");
  assertEquals(hall.has("c", "camera"), "a b c");
  assertEquals(hall.leaves("a"), "b - c");
  assertEquals(hall.has("e", "camera"), "b e c");
});

Deno.test("slots › a pin holds a speaker's stage, and has a slot in a grid", () => {
  const hall = Hall.of(speaker(2, { pinned: ["d"] }), "a", "b", "c", "d");
  assertEquals(hall.speaks("a"), "d a");
  assertEquals(hall.sets(speaker(2)), "a d");
  assertEquals(hall.sets(grid(2, { pinned: ["c"] })), "a c");
  assertEquals(hall.has("c", "nothing"), "a (c)");
  assertEquals(hall.has("b", "both"), "b* (c)");
});

Deno.test("slots › pins go first, in the subscriber's order, behind a screen", () => {
  const hall = Hall.of(pinned(4, "d", "nobody", "b", "d"), "a", "b", "c", "d");
  assertEquals(hall.speaks("c"), "d b c a");
  assertEquals(hall.has("a", "both"), "a* d b c");
  assertEquals(hall.sets(pinned(4, "c")), "a* c b d");
});

Deno.test("slots › fewer of them keep those that fit, and prefer pictures", () => {
  const hall = Hall.of(grid(4), "a", "b", "c");
  hall.has("a", "nothing");
  hall.has("d", "camera");
  assertEquals(hall.sets(grid(3)), "d b c");
  assertEquals(hall.sets(grid(1)), "d");
});

const person = fc.integer({ min: 0, max: 11 }).map((index) => `p${index}`);
const layouts = fc.record({
  mode: fc.constantFrom("grid" as const, "speaker" as const, "pinned" as const),
  slots: fc.integer({ min: 0, max: 6 }),
  pinned: fc.uniqueArray(person, { maxLength: 3 }),
});
const acts = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.tuple(
        fc.constant("has" as const),
        person,
        fc.constantFrom("camera" as const, "screen" as const, "both" as const, "nothing" as const),
      ),
    },
    { weight: 2, arbitrary: fc.tuple(fc.constant("speaks" as const), person) },
    { weight: 1, arbitrary: fc.tuple(fc.constant("leaves" as const), person) },
    { weight: 1, arbitrary: fc.tuple(fc.constant("sets" as const), layouts) },
  ),
  { maxLength: 40 },
);

Deno.test("slots, random events › none is used twice, none is wasted, and the guaranteed tiles are there", () => {
  fc.assert(fc.property(layouts, acts, (layout, events) => {
    const hall = new Hall(layout, "p0");
    for (const event of events) {
      if (event[0] === "has") hall.has(event[1], event[2]);
      else if (event[0] === "sets") hall.sets(event[1]);
      else if (event[0] === "speaks") hall.speaks(event[1]);
      else hall.leaves(event[1]);
      const { slots, gathering: { people, screens, spoke } } = hall;
      const keys = slots.map(({ participantId, source }) => `${source} ${participantId}`);
      assertEquals(new Set(keys).size, keys.length);
      assertEquals(new Set(slots.map(({ slot }) => slot)).size, keys.length);
      assert(slots.every(({ slot }) => slot < hall.layout.slots));
      assert(slots.every(({ participantId }) => people.has(participantId) && participantId !== "p0"));
      const foreignScreens = [...screens].filter((id) => id !== "p0");
      const tiles = [...people.keys()].filter((id) => id !== "p0").length;
      assert(keys.length >= Math.min(tiles, hall.layout.slots), "a slot is wasted");
      if (keys.length === 0) continue;
      const [firstScreen] = foreignScreens;
      if (firstScreen !== undefined) assertEquals(keys[0], `screen ${firstScreen}`);
      const pins = (hall.layout.pinned ?? []).filter((id) => people.has(id) && id !== "p0");
      const last = spoke.find((id) => people.has(id) && id !== "p0");
      const due = [
        ...foreignScreens.map((id) => `screen ${id}`),
        ...pins.map((id) => `camera ${id}`),
        ...last === undefined ? [] : [`camera ${last}`],
      ];
      const missing = new Set(due).difference(new Set(keys));
      if (new Set(due).size <= hall.layout.slots) assertEquals([...missing], []);
    }
  }));
});

Deno.test("slots, random events › a tile moves only to or from the slots that a guaranteed tile takes", () => {
  fc.assert(fc.property(acts, (events) => {
    const hall = new Hall(grid(4), "p0");
    for (const event of events) {
      if (event[0] === "sets") continue;
      const before = new Map(
        hall.slots.map(({ slot, participantId, source }) => [`${source} ${participantId}`, slot]),
      );
      if (event[0] === "has") hall.has(event[1], event[2]);
      else if (event[0] === "speaks") hall.speaks(event[1]);
      else hall.leaves(event[1]);
      const moved = hall.slots.filter(({ slot, participantId, source }) => {
        const was = before.get(`${source} ${participantId}`);
        return was !== undefined && was !== slot;
      });
      // A screen alone moves tiles in a grid: itself onto the stage, and the tile that was there.
      assert(
        moved.length <= (event[0] === "speaks" ? 0 : 2),
        `${moved.length} tiles move when one ${event[0]}`,
      );
      assert(moved.every(({ slot, source }) => slot === 0 || source === "camera" || event[0] !== "speaks"));
    }
  }));
});

/** A list that counts how many of its items are read. */
class CountedSet extends Set<string> {
  read = 0;

  override *[Symbol.iterator](): SetIterator<string> {
    for (const id of super.values()) {
      this.read++;
      yield id;
    }
  }
}

Deno.test("slots › the work for one subscriber depends on the slots, not on how many people there are", () => {
  const reads = [100, 1_000].map((count) => {
    const withPicture = new CountedSet();
    const withoutPicture = new CountedSet();
    const gathering = { ...newGathering(), withPicture, withoutPicture };
    for (let index = 0; index < count; index++) {
      const camera = index % 2 === 0 ? `camera-${index}` : null;
      notePictures(gathering, {
        participantId: `p${index}`,
        cameraProducerId: camera,
        screenProducerId: null,
      });
    }
    const subscription = { participantId: "p0", layout: grid(25), slots: [] };
    const slots = fillSlots(subscription, gathering);
    assertEquals(slots.length, 25);
    fillSlots({ ...subscription, slots }, gathering, "p40");
    return withPicture.read + withoutPicture.read;
  });
  assertEquals(reads[0], reads[1]);
  assert((reads[0] ?? 0) > 0 && (reads[0] ?? 0) < 100, `${reads[0]} read`);
});
