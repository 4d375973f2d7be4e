import type { Clock } from "../../actor/clock.ts";

const LONGEST_REST_MS = 250;

/**
 * Has rounds of session descriptions follow one another at a distance: after each comes a rest as long as the round, 250 ms
 * at most. What is asked for meanwhile is gathered for the next. A round costs a browser about the same however much it sets
 * up, and when a handler is lost, every participant has much to set up at the same time. Each call resolves with its round, and
 * rejects with it; the next round comes either way.
 */
export function pacedRounds<T>(
  round: (gathered: readonly T[]) => Promise<void>,
  clock: Clock,
): (items: readonly T[]) => Promise<void> {
  let gathered: T[] = [];
  let next: Promise<void> | undefined;
  let rested = Promise.resolve();

  async function run(): Promise<void> {
    await rested;
    const items = gathered;
    gathered = [];
    next = undefined;
    const startMs = clock.now();
    const { promise, resolve } = Promise.withResolvers<void>();
    rested = promise;
    try {
      await round(items);
    } finally {
      clock.set(resolve, Math.min(clock.now() - startMs, LONGEST_REST_MS));
    }
  }

  return (items) => {
    gathered.push(...items);
    return next ??= run();
  };
}
