/** Time, passed in everywhere, so that a test can own it. */
export interface Clock {
  /** Milliseconds since an arbitrary start. */
  now(): number;
  /** Calls back once after `delayMs`. Returns what cancels it. */
  set(callback: () => void, delayMs: number): () => void;
}

/**
 * The real clock, monotonic. `performance.now()` costs five times what `Date.now()` does, so it is read once a millisecond
 * at the most: cheap, and steady when somebody sets the wall clock.
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

/** The clock for whoever has to notice that the machine slept: it went on meanwhile, and jumps when somebody sets it. */
export function wallClock(): Clock {
  return { ...systemClock(), now: () => Date.now() };
}
