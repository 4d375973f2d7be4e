/** When a lost connection is tried again. */
export interface RetrySchedule {
  /** Milliseconds from `nowMs` to the next attempt; undefined when the time for attempts is over. */
  next(nowMs: number): number | undefined;
  /** The same for a server that named the wait itself. */
  after(waitMs: number, nowMs: number): number | undefined;
}

/** Pauses between attempts: they fall at 0, 0.3, 1.2, 2.7 and 4.8 s after the loss, and every 5 s from there. */
const PAUSES_MS = [0, 300, 900, 1_500, 2_100];
const LAST_PAUSE_MS = 5_000;
/** Each pause is up to this part shorter or longer, so that many clients don't come back at one moment. */
const SPREAD = 0.2;

/** The attempts after a loss at `lostAtMs`; the last one is at the end of the window. */
export function retrySchedule(lostAtMs: number, windowMs: number, random: () => number): RetrySchedule {
  const endMs = lostAtMs + windowMs;
  let dueMs = lostAtMs;
  let tries = 0;

  function until(wantedMs: number, nowMs: number): number | undefined {
    return tries > 0 && nowMs >= endMs ? undefined : Math.min(wantedMs, endMs) - nowMs;
  }

  return {
    next(nowMs) {
      const isFirst = tries === 0;
      // An attempt that took long has used up the times that passed meanwhile.
      let wantedMs = dueMs;
      do {
        const pauseMs = PAUSES_MS[tries] ?? LAST_PAUSE_MS;
        wantedMs += pauseMs * (1 - SPREAD + 2 * SPREAD * random());
        tries++;
      } while (wantedMs < nowMs);
      dueMs = wantedMs;
      return isFirst ? Math.max(0, wantedMs - nowMs) : until(wantedMs, nowMs);
    },
    after: (waitMs, nowMs) => until(nowMs + waitMs, nowMs),
  };
}
