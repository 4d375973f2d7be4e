export interface Backoff {
  /** The longest that the first pause takes; each further one is twice as long. */
  readonly firstMs: number;
  /** No pause takes longer. */
  readonly longestMs: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/**
 * How many milliseconds to wait before the next attempt after `failures` of them in a row, 1 or more: exponential, and
 * spread over its upper half, so that many who failed at the same time don't come back at the same time.
 */
export function backoffMs(failures: number, { firstMs, longestMs, random }: Backoff): number {
  const fullMs = Math.min(firstMs * 2 ** (failures - 1), longestMs);
  return fullMs * (0.5 + random() / 2);
}
