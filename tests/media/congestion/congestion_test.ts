import { assert, assertEquals } from "@std/assert";
import {
  type Congestion,
  limitsOf,
  nextCongestion,
  unlimited,
} from "../../../media/congestion/congestion.ts";
import type { Stream } from "../../../media/congestion/share_budget.ts";

const camera = (id: string, priority = 100): Stream => ({
  id,
  isScreen: false,
  priority,
  costs: [150_000, 500_000, 1_500_000],
});
const screen: Stream = { id: "screen", isScreen: true, priority: 200, costs: [300_000] };
const soundBitrate = 40_000;
const stepMs = 200;

interface Moment {
  readonly atMs: number;
  readonly congestion: Congestion;
  readonly layers: Readonly<Record<string, number>>;
  readonly loss: number;
}

/** A link of `capacityAt` bits per second that loses what is too much, reported one step late. */
function simulate(
  streams: readonly Stream[],
  capacityAt: (atMs: number) => number,
  untilMs: number,
  ownLoss = 0,
): Moment[] {
  let congestion = unlimited;
  let sample = { loss: 0, sentBitrate: 0 };
  const moments: Moment[] = [];
  for (let atMs = 0; atMs <= untilMs; atMs += stepMs) {
    congestion = nextCongestion(congestion, sample, streams, atMs);
    const { layers } = limitsOf(congestion, streams);
    const sent = streams.map(({ id, costs }) =>
      Math.min(layers.get(id) ?? costs.length - 1, costs.length - 1)
    );
    const sentBitrate = soundBitrate +
      streams.reduce((sum, { costs }, index) => sum + (costs[sent[index] ?? 0] ?? 0), 0);
    const loss = Math.max(ownLoss, 1 - capacityAt(atMs) / sentBitrate);
    sample = { loss, sentBitrate };
    const shown = Object.fromEntries(streams.map(({ id }, index) => [id, sent[index] ?? 0]));
    moments.push({ atMs, congestion, layers: shown, loss });
  }
  return moments;
}

const wide = () => 100_000_000;
/** Thin from 5 s to 25 s. */
const cut = (capacity: number) => (atMs: number) => atMs >= 5_000 && atMs < 25_000 ? capacity : wide();
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
  const moments = simulate([camera("a")], wide, 90_000, 0.15);
  assert(moments.some(({ congestion }) => congestion.phase === "limited"));
  assertEquals(moments.at(-1)?.congestion, { phase: "free", isLossy: true });
});
