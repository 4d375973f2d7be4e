/** How often something may happen: `burst` times at once, and again every `periodMs / count`. */
export interface Rate {
  readonly count: number;
  readonly periodMs: number;
  readonly burst: number;
}

export interface Limiter {
  /** 0 if it may happen now, which is then counted; otherwise in how many milliseconds it may. */
  take(key: string, now: number): number;
}

/**
 * The generic cell rate algorithm (ITU-T I.371): one number a key, the time at which it will be as if nothing had
 * happened. At most `capacity` keys are remembered; those forgotten first are the ones idle for longest.
 */
export function createLimiter({ count, periodMs, burst }: Rate, capacity = 100_000): Limiter {
  const interval = periodMs / count;
  const idleAt = new Map<string, number>();
  return {
    take(key, now) {
      const theoretical = Math.max(idleAt.get(key) ?? now, now);
      const waitMs = theoretical - now - interval * (burst - 1);
      if (waitMs > 0) return waitMs;
      // Set anew, so that the map's order is that of the last use.
      idleAt.delete(key);
      idleAt.set(key, theoretical + interval);
      if (idleAt.size > capacity) {
        const [oldest] = idleAt.keys();
        if (oldest !== undefined) idleAt.delete(oldest);
      }
      return 0;
    },
  };
}
