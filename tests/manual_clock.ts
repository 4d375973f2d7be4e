import type { Clock } from "../shared/actor/mod.ts";

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /** Moves on, firing what falls due in its order, also what is set meanwhile. */
  advance(ms: number): void;
  /** The machine sleeps: time passes, and timers stand still. */
  sleep(ms: number): void;
  /** Resolves when something is set to fire `delayMs` after it was set: the code under test got that far. */
  until(delayMs: number): Promise<void>;
}

export function manualClock(startMs = 0): ManualClock {
  let now = startMs;
  let sleptMs = 0;
  let timers: { at: number; delayMs: number; fire: () => void }[] = [];
  let watchers: { delayMs: number; resolve: () => void }[] = [];

  function notify(): void {
    watchers = watchers.filter(({ delayMs, resolve }) => {
      if (!timers.some((timer) => timer.delayMs === delayMs)) return true;
      resolve();
      return false;
    });
  }

  return {
    now: () => now + sleptMs,
    set(fire, delayMs) {
      const timer = { at: now + delayMs, delayMs, fire };
      timers.push(timer);
      notify();
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    until(delayMs) {
      return new Promise((resolve) => {
        watchers.push({ delayMs, resolve });
        notify();
      });
    },
    sleep(ms) {
      sleptMs += ms;
    },
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const due = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (!due) break;
        timers = timers.filter((other) => other !== due);
        now = due.at;
        due.fire();
      }
      now = end;
    },
  };
}
