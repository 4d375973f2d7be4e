import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  type Audible,
  isAudible,
  newAudible,
  noteLevels,
  noteMicrophone,
  noteSpeaker,
} from "../../../meeting/layout/audible.ts";

/** A meeting of which `limit` are audible, at a time of its own: a report comes every second. */
class Hall {
  readonly audible: Audible;
  nowMs = 0;
  /** The participants on the router that reports levels. */
  covered = /./;

  constructor(limit: number, ...people: string[]) {
    this.audible = newAudible(limit);
    for (const id of people) this.on(id);
  }

  on(id: string): boolean {
    return noteMicrophone(this.audible, id, "on", this.nowMs);
  }
  pauses(id: string): boolean {
    return noteMicrophone(this.audible, id, "paused", this.nowMs);
  }
  leaves(id: string): boolean {
    return noteMicrophone(this.audible, id, "gone", this.nowMs);
  }

  /** The same levels for so many seconds. */
  sounds(levels: Record<string, number>, seconds = 1): string {
    for (let i = 0; i < seconds; i++) {
      this.nowMs += 1_000;
      noteLevels(this.audible, new Map(Object.entries(levels)), (id) => this.covered.test(id), this.nowMs);
    }
    return this.heard;
  }

  speaks(id: string | null, router = "router"): string {
    noteSpeaker(this.audible, router, id, this.nowMs);
    return this.heard;
  }

  get heard(): string {
    return [...this.audible.voices.keys()].filter((id) => isAudible(this.audible, id)).join(" ");
  }
}

Deno.test("audible › everybody is, up to the limit", () => {
  const hall = new Hall(3, "a", "b", "c", "d");
  assertEquals(hall.heard, "a b c");
  assertEquals([hall.on("e"), hall.pauses("a"), hall.leaves("d")], [false, false, false]);
  assertEquals([hall.leaves("b"), hall.heard], [true, "a c e"]);
});

Deno.test("audible › a silent participant's place goes to one who speaks", () => {
  const hall = new Hall(2, "a", "b", "c");
  assertEquals(hall.sounds({ a: -30, c: -30 }, 4), "a c");
  assertEquals(hall.sounds({ b: -30, c: -30 }, 4), "b c");
});

Deno.test("audible › a place is kept for 3 s, however loud others are", () => {
  const hall = new Hall(1, "a", "b");
  assertEquals([hall.sounds({ b: -30 }), hall.sounds({ b: -30 })], ["a", "a"]);
  assertEquals(hall.sounds({ b: -30 }), "b");
  assertEquals(hall.sounds({ a: -30 }, 2), "b");
});

Deno.test("audible › who speaks is not displaced by one who is a little louder", () => {
  const hall = new Hall(2, "a", "b", "c");
  hall.sounds({ a: -34, b: -34 }, 10);
  for (let second = 0; second < 20; second++) {
    assertEquals(hall.sounds({ a: -34, b: -34, c: -26 }), "a b");
  }
});

Deno.test("audible › who is loud for a moment takes nobody's place", () => {
  const hall = new Hall(1, "a", "b");
  hall.sounds({ a: -45 }, 4);
  assertEquals(hall.sounds({ a: -45, b: -25 }), "a");
});

Deno.test("audible › who has paused loses their place to the next voice, however fresh it is", () => {
  const hall = new Hall(1, "a", "b");
  hall.pauses("a");
  assertEquals(hall.sounds({ b: -30 }), "b");
});

Deno.test("audible › a speaker takes the place of the quietest, of one who has paused first", () => {
  const quietest = (levels: Record<string, number>, paused = "") => {
    const hall = new Hall(2, "a", "b", "c");
    hall.sounds(levels, 5);
    if (paused !== "") hall.pauses(paused);
    return hall.speaks("c");
  };
  assertEquals([quietest({ a: -40, b: -60 }), quietest({ a: -60, b: -40 })], ["a c", "b c"]);
  assertEquals(quietest({}, "b"), "a c");
});

Deno.test("audible › a made-up level counts as a loud voice, and no more", () => {
  const hall = new Hall(2, "a", "b", "liar");
  hall.sounds({ a: -33, b: -33 }, 10);
  assertEquals(hall.sounds({ a: -33, b: -33, liar: 0 }, 20), "a b");
});

Deno.test("audible › many made-up levels change one place a report", () => {
  const hall = new Hall(4, "a", "b", "c", "d", ..."123456");
  hall.sounds({}, 5);
  const levels = Object.fromEntries([..."123456"].map((id) => [id, 0]));
  const lost = (heard: string) => [..."abcd"].filter((id) => !heard.includes(id)).length;
  assertEquals([1, 2, 3].map(() => lost(hall.sounds(levels))), [1, 2, 3]);
});

Deno.test("audible › the active speaker always is, and stays", () => {
  const hall = new Hall(1, "a", "b");
  assertEquals(hall.speaks("b"), "b");
  assertEquals(hall.sounds({ a: -25 }, 10), "b");
  assertEquals(hall.speaks(null), "b");
  assertEquals(hall.sounds({ a: -25 }, 1), "a");
});

Deno.test("audible › who unmutes takes the place of one who is muted, at once", () => {
  const hall = new Hall(2, "a", "b", "c");
  hall.pauses("c");
  hall.pauses("a");
  assertEquals([hall.on("c"), hall.heard], [true, "b c"]);
  assertEquals([hall.on("a"), hall.heard], [false, "b c"]);
});

Deno.test("audible › who is loud without a pause for 30 s is no speaker while somebody else speaks", () => {
  const hall = new Hall(4, "a", "b", "noise");
  hall.speaks("noise");
  hall.sounds({ noise: 0, a: -30 }, 30);
  assertEquals(hall.audible.speaker, "noise");
  hall.sounds({ noise: 0 }, 1);
  hall.sounds({ noise: 0, a: -30 }, 4);
  assertEquals(hall.audible.speaker, "a");
  hall.sounds({ noise: 0, b: -26 }, 1);
  assertEquals(hall.audible.speaker, "a");
  hall.sounds({ noise: 0, b: -26 }, 6);
  assertEquals(hall.audible.speaker, "b");
  hall.sounds({ noise: 0 }, 10);
  assertEquals(hall.audible.speaker, "noise");
  hall.sounds({ a: -30 }, 1);
  hall.sounds({ noise: 0, a: -30 }, 1);
  assertEquals(hall.audible.speaker, "noise");
});

Deno.test("audible › what was reported long ago makes nobody a speaker, and keeps nobody from being one", () => {
  const hall = new Hall(4, "a", "b");
  hall.sounds({ b: -30 }, 4);
  hall.sounds({ a: -30 });
  hall.speaks(null);
  // Nothing is reported meanwhile, as where only two microphones are left.
  hall.nowMs += 40_000;
  hall.speaks("a");
  assertEquals(hall.audible.speaker, "a");
});

Deno.test("audible › instead of noise, who speaks stays the speaker until another is louder by much", () => {
  const hall = new Hall(4, "a", "b", "noise");
  hall.speaks("noise");
  hall.sounds({ noise: 0 }, 31);
  hall.sounds({ noise: 0, a: -30 }, 4);
  hall.sounds({ noise: 0, a: -30, b: -26 }, 10);
  assertEquals(hall.audible.speaker, "a");
});

Deno.test("audible › who was loud long ago has paused for breath since", () => {
  const hall = new Hall(4, "a", "b");
  hall.sounds({ a: -30 });
  hall.nowMs += 40_000;
  hall.sounds({ a: -30, b: -30 }, 4);
  hall.speaks("a");
  assertEquals(hall.audible.speaker, "a");
});

Deno.test("audible › who was loud before reports paused is silent to the first one after it", () => {
  const hall = new Hall(1, "a", "b");
  hall.sounds({ a: -30 }, 10);
  hall.nowMs += 40_000;
  assertEquals(hall.sounds({ b: -30 }), "b");
});

Deno.test("audible › a router's report says nothing of who is on another, nor does its silence", () => {
  const hall = new Hall(2, "a1", "b1", "a2");
  hall.sounds({ a1: -30, b1: -50 }, 5);
  hall.speaks("a1", "one");
  hall.covered = /2$/;
  assertEquals(hall.sounds({ a2: -30 }, 3), "a1 a2");
  assertEquals([hall.speaks("a2", "two"), hall.audible.speaker], ["a1 a2", "a2"]);
  assertEquals([hall.speaks(null, "two"), hall.audible.speaker], ["a1 a2", "a1"]);
});

Deno.test("audible › who is on another router loses no loudness by a router's report", () => {
  const hall = new Hall(2, "a1", "a2", "b2");
  hall.sounds({ a1: -30, a2: -30 }, 5);
  hall.covered = /2$/;
  assertEquals(hall.sounds({ a2: -30, b2: -25 }, 4), "a1 a2");
});

const person = fc.integer({ min: 0, max: 7 }).map(String);
const events = fc.array(
  fc.oneof(
    fc.record({ on: person }),
    fc.record({ pauses: person }),
    fc.record({ leaves: person }),
    fc.record({ speaks: fc.option(person) }),
    fc.record({ sounds: fc.dictionary(person, fc.integer({ min: -127, max: 0 })) }),
  ),
  { maxLength: 60 },
);

Deno.test("audible, random events › no place is wasted or given twice, and a change is told", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 5 }), events, (limit, list) => {
    const hall = new Hall(limit);
    for (const event of list) {
      const before = hall.heard;
      let told: boolean | undefined;
      if ("on" in event) told = hall.on(event.on);
      else if ("pauses" in event) told = hall.pauses(event.pauses);
      else if ("leaves" in event) told = hall.leaves(event.leaves);
      else if ("speaks" in event) hall.speaks(event.speaks);
      else hall.sounds(event.sounds);
      const { voices, speaker } = hall.audible;
      const heard = hall.heard.split(" ").filter(Boolean);
      assertEquals(heard.length, Math.min(limit, voices.size));
      if (told !== undefined) {
        assertEquals(
          told,
          new Set(before.split(" ")).symmetricDifference(new Set(hall.heard.split(" "))).size > 0,
        );
      }
      if ("speaks" in event && speaker !== null && voices.has(speaker)) assert(heard.includes(speaker));
    }
  }));
});
