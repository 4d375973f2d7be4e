import { assertEquals } from "@std/assert";
import {
  type Congestion,
  idleCongestion,
  isUncertain,
  limitsOf,
  newPath,
  nextCongestion,
} from "../../../media/congestion/congestion.ts";
import type { Stream } from "../../../media/congestion/share_budget.ts";

const pictures: readonly Stream[] = ["a", "b"].map((id) => (
  { id, isScreen: false, priority: 100, costs: [100_000, 300_000, 2_000_000], measured: null }
));
const smallest = 200_000;

type Limited = Extract<Congestion, { phase: "limited" }>;
const limited: Limited = {
  phase: "limited",
  isLossy: false,
  budget: smallest,
  withholds: false,
  waitMs: 5_000,
  failures: 0,
  sinceMs: 0,
  calmSinceMs: 0,
  lossySinceMs: null,
  tried: null,
};

/** A path with this limit since 0, after a sample. */
function after(limit: Partial<Limited>, loss: number, atMs: number) {
  const sample = { loss, sentBitrate: smallest, estimate: Infinity };
  return nextCongestion({ ...limited, ...limit }, sample, pictures, atMs);
}

/** The parts of a path that is limited still. */
function parts<K extends keyof Limited>(path: Congestion, ...keys: K[]) {
  return path.phase === "limited" ? keys.map((key) => path[key]) : path.phase;
}

Deno.test("limit › a loss that is reported before a change can show changes nothing, and then lowers it", () => {
  const raised = { budget: 600_000 };
  assertEquals(after(raised, 0.9, 2_800).phase, "limited");
  assertEquals(after(raised, 0.9, 3_000).phase, "draining");
});

Deno.test("limit › a step up has proved itself once it shows, and the next one follows", () => {
  const tried = { from: 100_000, tooMuch: 0.1 };
  assertEquals(parts(after({ tried }, 0, 2_800), "tried", "waitMs"), [tried, 5_000]);
  const next = { from: smallest, tooMuch: 0.1 };
  assertEquals(parts(after({ tried }, 0, 3_000), "tried", "waitMs"), [next, 3_000]);
});

Deno.test("limit › pictures may be withheld until all of the smallest layers have proved themselves", () => {
  const step = { tried: { from: 0, tooMuch: 0.1 }, withholds: true, calmSinceMs: null };
  assertEquals(parts(after({ ...step, budget: 100_000 }, 0.06, 3_000), "withholds"), [true]);
  assertEquals(parts(after(step, 0.06, 3_000), "withholds"), [false]);
});

Deno.test("limit › a step up is one layer of each picture, at most four times as much", () => {
  assertEquals(parts(after({}, 0, 4_800), "budget"), [smallest]);
  assertEquals(parts(after({}, 0, 5_000), "budget"), [600_000]);
  assertEquals(parts(after({ budget: 600_000 }, 0, 5_000), "budget"), [2_400_000]);
});

Deno.test("limit › it waits for calm, and since the change", () => {
  assertEquals(parts(after({ calmSinceMs: 3_000 }, 0, 6_000), "budget"), [smallest]);
  assertEquals(parts(after({ sinceMs: 3_000 }, 0, 6_000), "budget"), [smallest]);
});

Deno.test("limit › a withheld picture is tried again after 10 s of some loss, which then is no failure", () => {
  const withheld = { budget: 100_000, withholds: true };
  assertEquals(parts(after(withheld, 0.2, 9_800), "budget"), [100_000]);
  const tried = { from: 100_000, tooMuch: 0.2 + 0.1 };
  assertEquals(parts(after({ ...withheld, isLossy: false }, 0.2, 10_000), "tried", "budget"), [
    tried,
    400_000,
  ]);
  assertEquals(parts(after({}, 0.2, 10_000), "budget"), [smallest], "nothing is withheld");
});

Deno.test("limit › a path is lossy after 10 s of some loss, and not of none", () => {
  assertEquals(parts(after({}, 0.2, 9_800), "isLossy"), [false]);
  assertEquals(parts(after({}, 0.2, 10_000), "isLossy"), [true]);
  assertEquals(parts(after({}, 0, 10_000), "isLossy"), [false]);
});

Deno.test("limit › failures are forgotten once a limit that shows is calm", () => {
  const failed = { failures: 2 };
  assertEquals(parts(after(failed, 0, 2_800), "failures"), [2]);
  assertEquals(parts(after(failed, 0.2, 3_000), "failures"), [2]);
  assertEquals(parts(after(failed, 0, 3_000), "failures"), [0]);
});

Deno.test("limit › mediasoup is to take what the pictures and the sound need for possible, or is left to itself", () => {
  assertEquals(limitsOf(limited, pictures).minBitrate, smallest + 100_000);
  assertEquals(limitsOf(newPath, pictures), { layers: new Map(), minBitrate: 0 });
  assertEquals(isUncertain(limited), false);
});

Deno.test("idle › a free path is judged as a new one, and what is known of its losses stays", () => {
  const free: Congestion = {
    phase: "free",
    isLossy: true,
    judgedFromMs: 0,
    estimates: [{ bitrate: 1, atMs: 0 }],
    lossySinceMs: 0,
  };
  assertEquals(idleCongestion(free, 1_000), { ...newPath, isLossy: true });
});

Deno.test("idle › a limit begins when pictures are sent again, whatever loss was reported before", () => {
  const tried = { from: 100_000, tooMuch: 0.1 };
  const idle = idleCongestion({ ...limited, lossySinceMs: 0, tried }, 9_000);
  const sinceThen = { sinceMs: 9_000, calmSinceMs: null, lossySinceMs: null };
  assertEquals(idle, { ...limited, ...sinceThen, tried: { ...tried, tooMuch: Infinity } });
  assertEquals(parts(idleCongestion(limited, 9_000), "tried"), [null]);
});

Deno.test("idle › a path that is drained, or has all pictures withheld, waits for its next try as before", () => {
  const draining: Congestion = { ...limited, phase: "draining", untilMs: 600 };
  const withheld = { ...limited, budget: 0 };
  assertEquals([idleCongestion(draining, 300), idleCongestion(withheld, 300)], [draining, withheld]);
});
