/** An estimate of what a path carries. */
export interface Estimate {
  /** In bits per second. */
  readonly bitrate: number;
  readonly atMs: number;
}

const rememberedMs = 500;
/** Two falls in a row: the queue grew on after the first (each takes 15 %, draft-ietf-rmcat-gcc-02 §5.5). */
const fallenTo = 0.75;
/** One fall. */
const fallingTo = 0.9;
/** A path whose estimate falls steeply to about what is sent has not stopped falling. */
const aboveSent = 1.1;

/** The estimates of the last half second. */
export function recentEstimates(before: readonly Estimate[], latest: Estimate): readonly Estimate[] {
  return [...before.filter(({ atMs }) => latest.atMs - atMs <= rememberedMs), latest];
}

/**
 * Whether a path became thin, by mediasoup's estimate. That goes by the delay, and falls as soon as packets queue up; a loss
 * is told only by what comes after it, and so a whole queue later. A key frame may be sent above an estimate that stays where
 * it was, and an estimate may fall while it is still well above what is sent: neither is a thin path.
 */
export function hasNarrowed(recent: readonly Estimate[], sentBitrate: number): boolean {
  return hasFallenTo(fallenTo, recent) && latestOf(recent) < aboveSent * sentBitrate;
}

/** Whether the next estimate may show that a path became thin. */
export function mayNarrow(recent: readonly Estimate[]): boolean {
  return hasFallenTo(fallingTo, recent);
}

function hasFallenTo(share: number, recent: readonly Estimate[]): boolean {
  return latestOf(recent) <= share * Math.max(0, ...recent.map(({ bitrate }) => bitrate));
}

function latestOf(recent: readonly Estimate[]): number {
  return recent.at(-1)?.bitrate ?? Infinity;
}
