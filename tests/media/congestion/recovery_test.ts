import { assert } from "@std/assert";
import fc from "fast-check";
import {
  type Congestion,
  idleCongestion,
  limitsOf,
  newPath,
  nextCongestion,
} from "../../../media/congestion/congestion.ts";
import { nothing, type Stream } from "../../../media/congestion/share_budget.ts";

const stepMs = 200;
const soundBitrate = 40_000;
const backWithinMs = 60_000;

const streams = fc.array(
  fc.record({
    isScreen: fc.boolean(),
    priority: fc.constantFrom(100, 160, 180),
    costs: fc.constantFrom([300_000], [30_000], [150_000, 500_000, 1_500_000], [1_500_000, 2_500_000]),
    measured: fc.option(fc.constantFrom(5_000, 100_000, 600_000)),
  }),
  { minLength: 1, maxLength: 4 },
).map((list): Stream[] => list.map((one, index) => ({ ...one, id: `${index}` })));

/** A time in which a path is as it is, and some of the pictures are switched on. */
interface Spell {
  readonly ms: number;
  readonly ownLoss: number;
  readonly capacity: number;
  /** By the stream's index. */
  readonly isOn: readonly boolean[];
  /** mediasoup's estimate, as a share of what is sent. */
  readonly estimated: number;
}

const spells: fc.Arbitrary<Spell[]> = fc.array(
  fc.record({
    ms: fc.integer({ min: stepMs, max: 40_000 }),
    ownLoss: fc.constantFrom(0, 0.06, 0.12, 0.3, 0.4, 0.6, 0.9),
    capacity: fc.constantFrom(20_000, 100_000, 400_000, 3_000_000, Infinity),
    isOn: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    estimated: fc.constantFrom(0.3, 0.8, 1, 3),
  }),
  { minLength: 1, maxLength: 8 },
);

/** For how long of the last spell a picture is withheld, or a limit holds. */
function untilRecovered(all: readonly Stream[], told: readonly Spell[]) {
  let congestion: Congestion = newPath;
  let sample = { loss: 0, sentBitrate: 0, estimate: Infinity };
  let atMs = 0;
  let recovered = { shownMs: 0, freeMs: 0 };
  for (const { ms, ownLoss, capacity, isOn, estimated } of told) {
    const sinceMs = atMs;
    const on = all.filter((_one, index) => isOn[index]);
    recovered = { shownMs: 0, freeMs: 0 };
    for (; atMs < sinceMs + ms; atMs += stepMs) {
      congestion = on.length === 0
        ? idleCongestion(congestion, atMs)
        : nextCongestion(congestion, sample, on, atMs);
      const { layers } = limitsOf(congestion, on);
      const sent = on.map(({ id, costs, measured }) => {
        const layer = Math.min(layers.get(id) ?? Infinity, costs.length - 1);
        return { layer, bitrate: Math.min(costs[layer] ?? 0, measured ?? Infinity) };
      });
      const sentBitrate = sent.reduce((sum, { bitrate }) => sum + bitrate, soundBitrate);
      const isBlind = sent.every(({ layer }) => layer === nothing);
      const loss = isBlind ? sample.loss : Math.max(ownLoss, 1 - capacity / sentBitrate);
      sample = { loss, sentBitrate, estimate: estimated * sentBitrate };
      if (sent.some(({ layer }) => layer === nothing)) recovered.shownMs = atMs - sinceMs;
      if (congestion.phase !== "free") recovered.freeMs = atMs - sinceMs;
    }
  }
  return recovered;
}

Deno.test("congestion › whatever happened before, a path that carries everything has all pictures and no limit again", () => {
  fc.assert(fc.property(streams, spells, fc.constantFrom(0, 0.06, 0.12, 0.2), (all, before, ownLoss) => {
    const last = { ms: 120_000, ownLoss, capacity: Infinity, isOn: all.map(() => true), estimated: 3 };
    const { shownMs, freeMs } = untilRecovered(all, [...before, last]);
    assert(shownMs <= backWithinMs, `a picture was withheld for ${shownMs} ms`);
    assert(freeMs <= backWithinMs, `a limit held for ${freeMs} ms`);
  }));
});

Deno.test("congestion › whatever happened before, a path that loses much for good has all pictures again", () => {
  fc.assert(fc.property(streams, spells, fc.constantFrom(0.28, 0.34), (all, before, ownLoss) => {
    const last = { ms: 180_000, ownLoss, capacity: Infinity, isOn: all.map(() => true), estimated: 3 };
    const { shownMs } = untilRecovered(all, [...before, last]);
    assert(shownMs <= 2 * backWithinMs, `a picture was withheld for ${shownMs} ms`);
  }));
});
