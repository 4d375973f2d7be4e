/** How often something may happen: `burst` times at once, and again every `periodMs / count`. */
export interface Rate {
  readonly count: number;
  readonly periodMs: number;
  readonly burst: number;
}

/** Counts by key. Waits are in milliseconds; 0 means now. */
export interface Limiter {
  /** How long to wait until it may happen; when it may, it is counted. */
  take(key: string, nowMs: number): number;
  /** The same without counting. */
  check(key: string, nowMs: number): number;
}

/**
 * The generic cell rate algorithm (ITU-T I.371): one number a key, the time at which all that happened is forgotten.
 * At most `capacity` keys are kept; when there are more, the one that was used longest ago goes.
 */
export function createLimiter({ count, periodMs, burst }: Rate, capacity: number): Limiter {
  const interval = periodMs / count;
  const forgottenAt = new Map<string, number>();
  const check = (key: string, nowMs: number): number => {
    const theoretical = Math.max(forgottenAt.get(key) ?? nowMs, nowMs);
    return Math.max(0, theoretical - nowMs - interval * (burst - 1));
  };
  return {
    check,
    take(key, nowMs) {
      const waitMs = check(key, nowMs);
      if (waitMs > 0) return waitMs;
      const theoretical = Math.max(forgottenAt.get(key) ?? nowMs, nowMs);
      // Set anew, so that the map is in the order of last use.
      forgottenAt.delete(key);
      forgottenAt.set(key, theoretical + interval);
      if (forgottenAt.size > capacity) {
        const [oldest] = forgottenAt.keys();
        if (oldest !== undefined) forgottenAt.delete(oldest);
      }
      return 0;
    },
  };
}
