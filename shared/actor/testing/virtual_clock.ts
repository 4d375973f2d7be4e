import type { Clock } from "../clock.ts";

/** A clock that only moves when the test says so. */
export interface VirtualClock extends Clock {
  /** The time at which the next timer is due, in milliseconds; `Infinity` when none is set. */
  readonly nextMs: number;
  /** Moves to the next timer and fires it, or to `untilMs` if that comes first; false when no timer was due. */
  step(untilMs: number): boolean;
}

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

export function virtualClock(startMs = 0): VirtualClock {
  let nowMs = startMs;
  const timers = new Set<Timer>();
  const next = (): Timer | undefined => {
    let first: Timer | undefined;
    for (const timer of timers) if (first === undefined || timer.dueMs < first.dueMs) first = timer;
    return first;
  };
  return {
    now: () => nowMs,
    get nextMs() {
      return next()?.dueMs ?? Infinity;
    },
    set(callback, delayMs) {
      const timer = { dueMs: nowMs + Math.max(0, delayMs), callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    step(untilMs) {
      const timer = next();
      if (timer === undefined || timer.dueMs > untilMs) {
        nowMs = Math.max(nowMs, untilMs);
        return false;
      }
      nowMs = Math.max(nowMs, timer.dueMs);
      timers.delete(timer);
      timer.callback();
      return true;
    },
  };
}
