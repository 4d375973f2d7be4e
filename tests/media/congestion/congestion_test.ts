import { assert, assertEquals } from "@std/assert";
import {
  type Congestion,
  isUncertain,
  limitsOf,
  newPath,
  nextCongestion,
} from "../../../media/congestion/congestion.ts";
import { nothing, type Stream } from "../../../media/congestion/share_budget.ts";

const camera = (id: string, priority = 100): Stream => ({
  id,
  isScreen: false,
  priority,
  costs: [150_000, 500_000, 1_500_000],
  measured: null,
});
const screen: Stream = { id: "screen", isScreen: true, priority: 200, costs: [300_000], measured: null };
const soundBitrate = 40_000;
const stepMs = 200;

interface Moment {
  readonly atMs: number;
  readonly congestion: Congestion;
  readonly layers: Readonly<Record<string, number>>;
  readonly loss: number;
}

/**
 * A link of `capacityAt` bits per second that loses what is too much, reported one step late. Only pictures are counted: the
 * loss stays as it was while none is sent.
 */
function simulate(
  streams: readonly Stream[],
  capacityAt: (atMs: number) => number,
  untilMs: number,
  ownLoss: (atMs: number) => number = () => 0,
): Moment[] {
  let congestion = newPath;
  let sample = { loss: 0, sentBitrate: 0, estimate: Infinity };
  const moments: Moment[] = [];
  for (let atMs = 0; atMs <= untilMs; atMs += stepMs) {
    congestion = nextCongestion(congestion, sample, streams, atMs);
    const { layers } = limitsOf(congestion, streams);
    const sent = streams.map(({ id, costs }) =>
      Math.min(layers.get(id) ?? costs.length - 1, costs.length - 1)
    );
    const sentBitrate = soundBitrate +
      streams.reduce((sum, { costs }, index) => sum + (costs[sent[index] ?? 0] ?? 0), 0);
    const isBlind = sent.every((layer) => layer === nothing);
    const loss = isBlind ? sample.loss : Math.max(ownLoss(atMs), 1 - capacityAt(atMs) / sentBitrate);
    sample = { loss, sentBitrate, estimate: Infinity };
    const shown = Object.fromEntries(streams.map(({ id }, index) => [id, sent[index] ?? 0]));
    moments.push({ atMs, congestion, layers: shown, loss });
  }
  return moments;
}

const wide = () => 100_000_000;
/** Thin from 5 s to 25 s. */
const cut = (capacity: number) => (atMs: number) => atMs >= 5_000 && atMs < 25_000 ? capacity : wide();
/** The longest time for which a stream was withheld. */
function longestWithheld(moments: readonly Moment[], id: string): number {
  let longest = 0;
  let sinceMs: number | null = null;
  for (const { atMs, layers } of moments) {
    if (layers[id] !== nothing) sinceMs = null;
    else longest = Math.max(longest, atMs - (sinceMs ??= atMs));
  }
  return longest;
}
const between = (moments: readonly Moment[], fromMs: number, toMs: number) =>
  moments.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);

Deno.test("congestion › a wide link is never limited", () => {
  const moments = simulate([camera("a"), camera("b"), screen], wide, 60_000);
  assert(moments.every(({ congestion }) => congestion.phase === "free"));
});

Deno.test("congestion › a cut link has a moving picture within 3 s, and the full layer within 20 s of the cut's end", () => {
  for (const capacity of [220_000, 300_000, 600_000, 900_000]) {
    const moments = simulate([camera("a")], cut(capacity), 60_000);
    const thin = between(moments, 8_000, 25_000);
    const frozen = thin.filter(({ layers, loss }) => layers.a === -1 || loss > 0.25).length / thin.length;
    assert(frozen < 0.25, `${capacity}: ${frozen} of the time without a picture`);
    assert(between(moments, 6_000, 8_000).some(({ layers, loss }) => layers.a !== -1 && loss < 0.1));
    const full = moments.find(({ atMs, congestion }) => atMs > 25_000 && congestion.phase === "free");
    assert(full !== undefined && full.atMs <= 45_000, `${capacity}: full at ${full?.atMs}`);
    assertEquals(moments.at(-1)?.layers.a, 2);
  }
});

Deno.test("congestion › tries that fail become rarer", () => {
  const moments = simulate([camera("a")], (atMs) => atMs < 5_000 ? wide() : 300_000, 65_000);
  const tries = between(moments, 25_000, 65_000).filter(({ congestion }, index, all) =>
    congestion.phase === "draining" && all[index - 1]?.congestion.phase !== "draining"
  );
  assert(tries.length >= 2 && tries.length <= 4, `${tries.length} tries in 40 s`);
});

Deno.test("congestion › several cameras share what gets through, a screen keeps its place", () => {
  const streams = [camera("a", 160), ...["b", "c", "d", "e"].map((id) => camera(id)), screen];
  const moments = simulate(streams, cut(800_000), 80_000);
  const thin = between(moments, 10_000, 25_000);
  const good = thin.filter(({ loss, congestion }) => loss < 0.1 && congestion.phase === "limited");
  assert(good.length > thin.length / 2, `${good.length} of ${thin.length} good`);
  assert(good.every(({ layers }) => layers.screen === 0));
  // Whoever has the stage has a picture when anybody has.
  assert(
    good.every(({ layers }) => layers.a !== -1 || ["b", "c", "d", "e"].every((id) => layers[id] === -1)),
  );
  assert(good.some(({ layers }) => layers.a !== -1));
  const last = moments.at(-1);
  assertEquals(last?.congestion.phase, "free");
});

Deno.test("congestion › a link for sound alone gives up the picture, and tries it again", () => {
  const moments = simulate([camera("a")], cut(60_000), 60_000);
  const late = between(moments, 18_000, 25_000);
  const silent = late.filter(({ layers }) => layers.a === -1).length / late.length;
  assert(silent > 0.5, `${silent}`);
  assertEquals(moments.at(-1)?.layers.a, 2);
});

Deno.test("congestion › a link that loses packets however little is sent gets its layers back", () => {
  const moments = simulate([camera("a")], wide, 90_000, () => 0.15);
  assert(moments.some(({ congestion }) => congestion.phase === "limited"));
  const last = moments.at(-1)?.congestion;
  assertEquals([last?.phase, last?.isLossy], ["free", true]);
});

Deno.test("congestion › a picture that was given up is tried again within 11 s, however long the path stays thin", () => {
  const moments = simulate([camera("a")], (atMs) => atMs < 5_000 ? wide() : 60_000, 120_000);
  const withheld = longestWithheld(moments, "a");
  assert(withheld > 5_000 && withheld <= 11_000, `withheld for ${withheld} ms`);
});

Deno.test("congestion › every picture is tried again within 30 s by a receiver that loses much for good", () => {
  for (const loss of [0.15, 0.28, 0.33]) {
    const streams = ["a", "b", "c"].map((id) => ({ ...camera(id), costs: [300_000] }));
    const moments = simulate(streams, wide, 120_000, () => loss);
    for (const { id } of streams) {
      const withheld = longestWithheld(moments, id);
      assert(withheld > 0 && withheld <= 30_000, `${id} is withheld for ${withheld} ms at a loss of ${loss}`);
    }
    assert(Object.values(moments.at(-1)?.layers ?? {}).every((layer) => layer === 0), `${loss}`);
  }
});

Deno.test("congestion › a receiver that had no processor for a while has all pictures back after it", () => {
  const streams = ["a", "b", "c"].map((id) => ({ ...camera(id), costs: [300_000] }));
  const starved = (atMs: number) => atMs >= 5_000 && atMs < 35_000 ? 0.6 : 0;
  const moments = simulate(streams, wide, 120_000, starved);
  assert(between(moments, 5_000, 35_000).some(({ layers }) => layers.a === nothing));
  const back = moments.find(({ atMs, layers }) =>
    atMs >= 35_000 && Object.values(layers).every((layer) => layer === 0)
  );
  assert(back !== undefined && back.atMs <= 55_000, `back at ${back?.atMs}`);
});

Deno.test("congestion › what is lost in a path's first two seconds is no congestion", () => {
  const losing = (untilMs: number) =>
    simulate([camera("a")], wide, 10_000, (atMs) => atMs < untilMs ? 0.5 : 0);
  // What is reported is one step old.
  assert(losing(2_000 - stepMs).every(({ congestion }) => congestion.phase === "free"));
  assert(losing(4_000).some(({ congestion }) => congestion.phase === "draining"));
});

/** Five seconds of a camera on a path for which mediasoup has this estimate, then these estimates, a step apart. */
function estimated(estimates: readonly number[], { sentBitrate = 1_500_000, periodMs = stepMs } = {}) {
  let congestion = newPath;
  let atMs = 0;
  const next = (estimate: number) => {
    congestion = nextCongestion(congestion, { loss: 0, sentBitrate, estimate }, [camera("a")], atMs);
    atMs += periodMs;
    return congestion.phase;
  };
  while (atMs < 5_000) next(2_000_000);
  return estimates.map(next);
}

Deno.test("congestion › an estimate that falls twice in a row below what is sent is acted on before any loss", () => {
  assertEquals(estimated([1_740_000, 1_480_000]), ["free", "draining"]);
  assertEquals(estimated([700_000]), ["draining"]);
  // It goes on falling.
  assertEquals(estimated([1_530_000, 1_480_000], { sentBitrate: 1_400_000 }), ["free", "draining"]);
});

Deno.test("congestion › a path whose estimate has fallen once is measured again at once, any other is not", () => {
  const after = (...estimates: readonly number[]) => {
    let congestion = newPath;
    for (let atMs = 0; atMs < 5_000; atMs += stepMs) {
      const estimate = 2_000_000;
      congestion = nextCongestion(congestion, { loss: 0, sentBitrate: 1, estimate }, [camera("a")], atMs);
    }
    for (const [index, estimate] of estimates.entries()) {
      const atMs = 5_000 + index * stepMs;
      congestion = nextCongestion(congestion, { loss: 0, sentBitrate: 1, estimate }, [camera("a")], atMs);
    }
    return isUncertain(congestion);
  };
  assertEquals([after(), after(1_900_000), after(1_700_000)], [false, false, true]);
  assertEquals(after(1_700_000, 1_700_000, 1_700_000, 1_700_000), false);
});

Deno.test("congestion › an estimate that falls once, slowly, or not below what is sent is no thin path", () => {
  assertEquals(estimated([1_510_000, 1_510_000]), ["free", "free"]);
  assertEquals(
    new Set(estimated([1_800_000, 1_800_000, 1_620_000, 1_620_000, 1_450_000])),
    new Set(["free"]),
  );
  assertEquals(estimated([700_000], { sentBitrate: 600_000 }), ["free"]);
  // Nothing could be given up.
  assertEquals(estimated([100_000], { sentBitrate: 200_000 }), ["free"]);
  // Between two looks that are far apart a starved machine may have done anything.
  assertEquals(estimated([700_000], { periodMs: 700 }), ["free"]);
});

Deno.test("congestion › the estimate says nothing at first, and after the least that it may be was taken away", () => {
  const at = (atMs: number, congestion: Congestion, estimate: number) =>
    nextCongestion(congestion, { loss: 0, sentBitrate: 1_500_000, estimate }, [camera("a")], atMs);
  const early = at(2_200, at(2_000, at(0, newPath, 2_000_000), 2_000_000), 700_000);
  assertEquals(early.phase, "free");
  const moments = simulate([camera("a")], cut(300_000), 60_000);
  const freed = moments.find(({ atMs, congestion }) => atMs > 25_000 && congestion.phase === "free");
  assert(freed !== undefined);
  const after = at(freed.atMs + 400, at(freed.atMs + 200, freed.congestion, 1_600_000), 700_000);
  assertEquals(after.phase, "free");
});

Deno.test("congestion › where nothing smaller could be sent, a loss withholds pictures after two seconds", () => {
  const streams = ["a", "b", "c"].map((id) => ({ ...camera(id), costs: [300_000] }));
  let congestion = newPath;
  const phaseAt = (atMs: number, loss: number, sentBitrate: number) => {
    congestion = nextCongestion(congestion, { loss, sentBitrate, estimate: Infinity }, streams, atMs);
    return congestion.phase;
  };
  phaseAt(0, 0, 200_000);
  const burst = [3_000, 4_000, 4_900].map((atMs) => phaseAt(atMs, 0.3, 200_000));
  assertEquals([...burst, phaseAt(5_000, 0, 200_000)], ["free", "free", "free", "free"]);
  assertEquals([phaseAt(6_000, 0.3, 200_000), phaseAt(8_000, 0.3, 200_000)], ["free", "draining"]);
  congestion = newPath;
  phaseAt(0, 0, 1_200_000);
  assertEquals(phaseAt(3_000, 0.3, 1_200_000), "draining");
});

/** Lone pictures that take much less than they may. */
const small = (ids: readonly string[], measured: number | null = null) =>
  ids.map((id) => ({ ...camera(id), costs: [300_000], measured }));

/** The pictures that are sent after a loss of two seconds, or a fall of the estimate, and the limit's first second. */
function sentAfter(
  sample: { readonly loss: number; readonly sentBitrate: number; readonly estimate: number },
  before: readonly Stream[],
  after = before,
): string[] {
  let congestion = newPath;
  for (let atMs = 0; atMs < 5_000; atMs += stepMs) {
    congestion = nextCongestion(congestion, { ...sample, loss: 0, estimate: 8_000_000 }, before, atMs);
  }
  for (let atMs = 5_000; congestion.phase === "free"; atMs += stepMs) {
    congestion = nextCongestion(congestion, sample, before, atMs);
  }
  assert(congestion.phase === "draining");
  congestion = nextCongestion(congestion, sample, after, congestion.untilMs);
  assertEquals(congestion.phase, "limited");
  const { layers } = limitsOf(congestion, after);
  return after.filter(({ id }) => layers.get(id) !== nothing).map(({ id }) => id);
}

Deno.test("congestion › a loss that a lossy path has, too, withholds no smallest layer at once", () => {
  const lost = (loss: number) => ({ loss, sentBitrate: 200_000, estimate: 8_000_000 });
  assertEquals(sentAfter(lost(0.3), small(["a", "b", "c"])), ["a", "b", "c"]);
  assertEquals(sentAfter(lost(0.5), small(["a", "b", "c"])), ["a"]);
});

Deno.test("congestion › a picture that comes while only smallest layers are sent gets its own", () => {
  const lost = { loss: 0.3, sentBitrate: 200_000, estimate: 8_000_000 };
  assertEquals(sentAfter(lost, small(["a"]), small(["a", "b", "c"])), ["a", "b", "c"]);
});

Deno.test("congestion › a path that became thin carries all pictures that were measured to fit", () => {
  const narrowed = { loss: 0, sentBitrate: 1_500_000, estimate: 400_000 };
  assertEquals(sentAfter(narrowed, small(["a", "b", "c"], 100_000)), ["a", "b", "c"]);
  assertEquals(sentAfter(narrowed, small(["a", "b", "c"])), ["a"]);
});

Deno.test("congestion › a limited receiver without a processor for a second loses no smallest layer", () => {
  const loss = (atMs: number) => {
    if (atMs >= 5_000 && atMs < 7_600) return 0.3;
    return atMs >= 11_000 && atMs < 12_000 ? 0.5 : 0.1;
  };
  const moments = simulate(small(["a", "b", "c"]), wide, 15_000, loss);
  assertEquals(moments.find(({ atMs }) => atMs === 11_000)?.congestion.phase, "limited");
  const later = between(moments, 9_000, 15_000);
  assert(later.every(({ layers }) => Object.values(layers).every((layer) => layer === 0)));
});
