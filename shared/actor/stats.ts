/** Upper bounds of the duration buckets, in seconds. */
export const durationBounds = [0.000_01, 0.000_1, 0.001, 0.005, 0.025, 0.1, 0.5, 2.5] as const;

/** One message in this many is timed: reading the clock costs more than most handlers. */
export const sampleEvery = 64;

/**
 * Plain counters of one actor type, exported when metrics are collected (rule A15). Every message is under way, or counts
 * in exactly one of `ok`, `failed`, `crashed` (handled), `refused` (its sender got the refusal) and `dead`.
 */
export interface TypeStats {
  actors: number;
  /** Messages that wait in the mailboxes now. */
  depth: number;
  sent: number;
  ok: number;
  /** Handled with a refusal of the protocol. */
  failed: number;
  crashed: number;
  refused: number;
  /** Taken in but never handled (rule A14). */
  dead: number;
  readonly restarts: { crash: number; sibling: number };
  /** Workers in an endless loop, whose threads outlive them. */
  lostWorkers: number;
  /** Sampled handling times: how many fell in each bucket (the last one has no bound), and their sum in seconds. */
  readonly durations: { readonly counts: number[]; seconds: number; samples: number };
}

export function newStats(): TypeStats {
  return {
    actors: 0,
    depth: 0,
    sent: 0,
    ok: 0,
    failed: 0,
    crashed: 0,
    refused: 0,
    dead: 0,
    restarts: { crash: 0, sibling: 0 },
    lostWorkers: 0,
    durations: { counts: new Array(durationBounds.length + 1).fill(0), seconds: 0, samples: 0 },
  };
}

/** Whether the next message is to be timed. */
export function isSampled({ ok, failed }: TypeStats): boolean {
  return (ok + failed) % sampleEvery === 0;
}

export function observe({ durations }: TypeStats, seconds: number): void {
  const bucket = durationBounds.findIndex((bound) => seconds <= bound);
  const index = bucket < 0 ? durationBounds.length : bucket;
  durations.counts[index] = (durations.counts[index] ?? 0) + 1;
  durations.seconds += seconds;
  durations.samples++;
}
