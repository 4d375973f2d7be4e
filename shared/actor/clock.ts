/** Time. It is passed in everywhere, so that a test can control it. */
export interface Clock {
  /** Milliseconds since an arbitrary start. */
  now(): number;
  /** Calls back once after `delayMs`. Returns the function that cancels it. */
  set(callback: () => void, delayMs: number): () => void;
}

/**
 * The real clock, monotonic. `performance.now()` costs five times as much as `Date.now()`, so it is read at most once a
 * millisecond. Setting the wall clock doesn't move this clock.
 */
export function systemClock(): Clock {
  let wall = 0;
  let monotonic = 0;
  return {
    now() {
      const read = Date.now();
      if (read !== wall) {
        wall = read;
        monotonic = performance.now();
      }
      return monotonic;
    },
    set(callback, delayMs) {
      const handle = setTimeout(callback, delayMs);
      return () => clearTimeout(handle);
    },
  };
}

/** The wall clock. It runs on while the machine sleeps, and jumps when it is set: by it a service notices such a sleep. */
export function wallClock(): Clock {
  return { ...systemClock(), now: () => Date.now() };
}
