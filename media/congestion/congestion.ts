import { type Estimate, hasNarrowed, mayNarrow, recentEstimates } from "./narrowed.ts";
import {
  demandOf,
  leastBudget,
  nextBudget,
  nothing,
  shareBudget,
  smallestLayers,
  smallestMeasured,
  type Stream,
} from "./share_budget.ts";

/** A measurement of one receiving transport. */
export interface LinkSample {
  /** The share of packets that the receiver reported as lost, 0 to 1. */
  readonly loss: number;
  /** What was sent, in bits per second, retransmissions included. */
  readonly sentBitrate: number;
  /** What mediasoup takes for possible, in bits per second. */
  readonly estimate: number;
}

/** What is known of the network path to one receiver. `isLossy`: it loses packets however little is sent. */
export type Congestion = Free | Draining | Limited;

interface Free {
  readonly phase: "free";
  readonly isLossy: boolean;
  /** What is reported earlier says nothing; null before the first sample, and while no picture is sent. */
  readonly judgedFromMs: number | null;
  readonly estimates: readonly Estimate[];
  /** Since when more is lost than on a path that carries what is sent, or null. */
  readonly lossySinceMs: number | null;
}

/** No picture is sent, so that the queue on the way empties, and the retransmissions that wait are forgotten. */
interface Draining extends Limit {
  readonly phase: "draining";
  readonly untilMs: number;
}

interface Limited extends Limit {
  readonly phase: "limited";
  readonly sinceMs: number;
  /** Since when the loss is low, or null. */
  readonly calmSinceMs: number | null;
  /** Since when more is lost than even a limited path may lose, or null. */
  readonly lossySinceMs: number | null;
  /** The last step up, until it has proved itself. */
  readonly tried: Try | null;
}

/** A step up. */
interface Try {
  /** The budget before it. */
  readonly from: number;
  /** The loss of which it has failed. It is known only after a while where nothing was sent before. */
  readonly tooMuch: number;
}

interface Limit {
  readonly isLossy: boolean;
  /** For pictures, in bits per second. Sound is never limited. */
  readonly budget: number;
  /** Whether pictures may be withheld. Otherwise each has its smallest layer, also one that comes later. */
  readonly withholds: boolean;
  /** The loss has to be low for so long before more is tried. */
  readonly waitMs: number;
  /** How often in a row even the least budget was too much. */
  readonly failures: number;
}

/** A path over which nothing was sent so far. */
export const newPath: Congestion = {
  phase: "free",
  isLossy: false,
  judgedFromMs: null,
  estimates: [],
  lossySinceMs: null,
};

/** Losses above the first begin a limit, above the second lower it, below the third are calm. */
const thresholds = {
  usual: { congested: 0.1, tooMuch: 0.25, calm: 0.05 },
  lossy: { congested: 0.35, tooMuch: 0.35, calm: 0.25 },
};
/**
 * The first reports are of few packets, and of some that came before the receiver could decrypt them: one of three lost
 * looks like a thin path.
 */
const firstReportsMs = 2_000;
/** The estimate begins anywhere, and falls to its own when the least that it may be is taken away. */
const firstEstimatesMs = 2_000;
/**
 * Where no more than the smallest layers is sent already, only pictures could be withheld: a receiver without the processor
 * for a moment, as when many join at once, is not worth that.
 */
const burstMs = 2_000;
const drainMs = 600;
/** A change shows in the reports of the receiver after this time. */
const settleMs = 3_000;
/** Pauses before more is tried: at first, after a step that proved itself, and at most after steps that failed. */
const pauses = { first: 5_000, quick: 3_000, most: 10_000 };
/** A loss between calm and too much for so long is no congestion: sending less didn't help. */
const lossyAfterMs = 10_000;
/** A picture that is withheld is tried again after so long, whatever is lost of the others. */
const longestWithheldMs = 10_000;
/** By so much a step up may raise a loss that is there without it. */
const raisedLoss = 0.1;
/** More than this at once floods a thin link. */
const mostGrowth = 4;
const mostFailures = 3;
/** For sound, in bits per second, besides the pictures' budget. */
const forSound = 100_000;

/**
 * The state after a sample. mediasoup's own estimate falls to nothing on a thin link, where it sends little but
 * retransmissions, and without traffic nothing raises it again. So this controller takes the estimate's sudden fall for a
 * sign, and else goes by the loss: down at once to the smallest layers, and up again by trying, since only what is sent
 * shows what gets through.
 */
export function nextCongestion(
  before: Congestion,
  sample: LinkSample,
  streams: readonly Stream[],
  nowMs: number,
): Congestion {
  switch (before.phase) {
    case "free":
      return nextOfFree(before, sample, streams, nowMs);
    case "draining": {
      if (nowMs < before.untilMs) return before;
      const { untilMs: _, ...limit } = before;
      const since = { sinceMs: nowMs, calmSinceMs: nowMs, lossySinceMs: null };
      return { ...limit, budget: budgetOf(before, streams), phase: "limited", ...since, tried: null };
    }
    case "limited":
      return nextOfLimited({ ...before, budget: budgetOf(before, streams) }, sample, streams, nowMs);
  }
}

/**
 * The state while no picture is sent. What was measured before then says nothing of the path later, and the loss that is
 * reported last stands meanwhile: so a free path is judged as a new one. A limit stays, and so does what is known of a lossy
 * path; the limit is judged as if it began when pictures are sent again.
 */
export function idleCongestion(before: Congestion, nowMs: number): Congestion {
  if (before.phase === "free") return { ...before, judgedFromMs: null, estimates: [], lossySinceMs: null };
  // A path that is being drained begins its limit afterwards, and one on which all is withheld waits for its next try.
  if (before.phase === "draining" || before.budget === 0) return before;
  const tried = before.tried && { ...before.tried, tooMuch: Infinity };
  return { ...before, sinceMs: nowMs, calmSinceMs: null, lossySinceMs: null, tried };
}

function nextOfFree(
  before: Free,
  { loss, sentBitrate, estimate }: LinkSample,
  streams: readonly Stream[],
  nowMs: number,
): Free | Draining {
  if (before.judgedFromMs === null) return { ...before, judgedFromMs: nowMs + firstReportsMs };
  if (nowMs < before.judgedFromMs) return before;
  const isEstimated = nowMs >= before.judgedFromMs + firstEstimatesMs;
  const latest = { bitrate: estimate, atMs: nowMs };
  const estimates = isEstimated ? recentEstimates(before.estimates, latest) : [];
  const couldSendLess = sentBitrate > smallestLayers(streams) + forSound;
  const isNarrowed = couldSendLess && hasNarrowed(estimates, sentBitrate);
  const lossySinceMs = loss > thresholdsOf(before).congested ? before.lossySinceMs ?? nowMs : null;
  const isLosing = lossySinceMs !== null && (couldSendLess || nowMs - lossySinceMs >= burstMs);
  if (!isLosing && !isNarrowed) return { ...before, estimates, lossySinceMs };
  // A lossy path loses as much, and so does a receiver that has no processor for a moment. Whether the smallest layers are too
  // much for this path shows once nothing else is sent.
  const isHeavy = loss > thresholds.lossy.congested;
  // Small pictures that hardly move take less than they may.
  const gotThrough = Math.max(sentBitrate, demandOf(streams)) * (1 - loss);
  const possible = isNarrowed ? Math.min(gotThrough, estimate) : isHeavy ? gotThrough : Infinity;
  const smallest = smallestLayers(streams);
  const withholds = possible < smallestMeasured(streams);
  const budget = withholds ? Math.max(leastBudget(streams), Math.min(smallest, possible)) : smallest;
  return drained({ isLossy: before.isLossy, budget, withholds, waitMs: pauses.first, failures: 0 }, nowMs);
}

function nextOfLimited(
  before: Limited,
  { loss }: LinkSample,
  streams: readonly Stream[],
  nowMs: number,
): Congestion {
  const { isLossy, budget, withholds, failures } = before;
  const limits = thresholdsOf(before);
  const smallest = smallestLayers(streams);
  const settled = nowMs - before.sinceMs >= settleMs;
  if (budget === 0) {
    // Nothing is sent, so the loss is that of before.
    if (nowMs - before.sinceMs < before.waitMs) return before;
    const tried = { from: 0, tooMuch: Infinity };
    return { ...before, budget: leastBudget(streams), sinceMs: nowMs, calmSinceMs: nowMs, tried };
  }
  if (before.tried !== null && loss > before.tried.tooMuch) {
    const wait = Math.min(2 * before.waitMs, pauses.most);
    return drained({ isLossy, budget: before.tried.from, withholds, waitMs: wait, failures }, nowMs);
  }
  const lossySinceMs = loss > limits.tooMuch ? before.lossySinceMs ?? nowMs : null;
  const isLosing = lossySinceMs !== null && (budget > smallest || nowMs - lossySinceMs >= burstMs);
  if (settled && isLosing) return drained(lowered(before, streams, loss), nowMs);
  const calmSinceMs = loss < limits.calm ? before.calmSinceMs ?? nowMs : null;
  const proved = before.tried !== null && settled;
  const now = {
    ...before,
    calmSinceMs,
    lossySinceMs,
    isLossy: isLossy || (calmSinceMs === null && nowMs - before.sinceMs >= lossyAfterMs),
    failures: calmSinceMs !== null && settled ? 0 : failures,
    ...(proved ? { tried: null, waitMs: pauses.quick, withholds: withholds && budget < smallest } : {}),
  };
  if (now.tried !== null) return now;
  const isDue = calmSinceMs === null
    ? budget < smallest && nowMs - now.sinceMs >= longestWithheldMs
    : nowMs - Math.max(calmSinceMs, now.sinceMs) >= now.waitMs;
  if (!isDue) return now;
  if (budget >= demandOf(streams)) {
    return { phase: "free", isLossy: now.isLossy, judgedFromMs: nowMs, estimates: [], lossySinceMs: null };
  }
  const most = mostGrowth * Math.max(budget, leastBudget(streams));
  const next = Math.min(nextBudget(streams, budget), most);
  const tooMuch = calmSinceMs === null ? loss + raisedLoss : limits.congested;
  return { ...now, budget: next, sinceMs: nowMs, calmSinceMs: nowMs, tried: { from: budget, tooMuch } };
}

/** Whether a path is to be measured again at once: each moment until it is known to be thin fills a queue on the way. */
export function isUncertain(congestion: Congestion): boolean {
  return congestion.phase === "free" && mayNarrow(congestion.estimates);
}

/** How a receiver's pictures are limited. */
export interface Limits {
  /** The highest layer of each stream, `nothing` for none; a stream that is not in it has no limit. */
  readonly layers: ReadonlyMap<string, number>;
  /** The least that mediasoup is to take for possible, in bits per second; 0 leaves it to mediasoup. */
  readonly minBitrate: number;
}

export function limitsOf(congestion: Congestion, streams: readonly Stream[]): Limits {
  if (congestion.phase === "free") return { layers: new Map(), minBitrate: 0 };
  const { phase, budget } = congestion;
  const layers = phase === "draining"
    ? new Map(streams.map(({ id }) => [id, nothing]))
    : shareBudget(streams, budget);
  return { layers, minBitrate: budget + forSound };
}

/** The budget for these streams, of which some may have come since it was set. */
function budgetOf({ budget, withholds }: Limit, streams: readonly Stream[]): number {
  return withholds ? budget : Math.max(budget, smallestLayers(streams));
}

function thresholdsOf({ isLossy }: Pick<Congestion, "isLossy">) {
  return isLossy ? thresholds.lossy : thresholds.usual;
}

function drained(limited: Limit, nowMs: number): Draining {
  return { phase: "draining", untilMs: nowMs + drainMs, ...limited };
}

/**
 * Half of the budget, but the least picture is given up only after some tries. A path that loses as much of it as of more,
 * and not too much for a lossy one, loses packets however little is sent.
 */
function lowered(
  { isLossy, budget, failures, waitMs }: Limit,
  streams: readonly Stream[],
  loss: number,
): Limit {
  const least = leastBudget(streams);
  const failed = budget <= least ? failures + 1 : 0;
  const next = { isLossy, withholds: true, waitMs: pauses.first, failures: failed };
  if (failed < mostFailures) {
    const half = Math.max(least, budget / 2);
    return { ...next, budget: half, withholds: half < smallestLayers(streams) };
  }
  if (loss <= thresholds.lossy.tooMuch) return { ...next, isLossy: true, budget: least, failures: 0 };
  if (failed === mostFailures) return { ...next, budget: 0 };
  return { ...next, budget: 0, waitMs: Math.min(2 * waitMs, pauses.most) };
}
