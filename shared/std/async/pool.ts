type Outcome<R> = { ok: true; value: R } | { ok: false };

/** The message of the error that {@linkcode pooledMap} ends with. */
const mappingFailed = "Cannot complete the mapping as an error was thrown from an item";

/**
 * Maps the items of `array` by `iteratorFn`, at most `poolLimit` at the same time, and yields the results in the order
 * of the items. After a failure no new item is begun; those that run may finish, and what they give is still yielded.
 *
 * @throws {AggregateError} from the iterator, at its end, with every failure.
 * @throws {RangeError} when `poolLimit` is not a positive integer.
 * @example
 * ```ts
 * for await (const page of pooledMap(2, urls, (url) => fetch(url))) use(page);
 * ```
 */
export function pooledMap<T, R>(
  poolLimit: number,
  array: Iterable<T> | AsyncIterable<T>,
  iteratorFn: (data: T) => Promise<R>,
): AsyncIterableIterator<R> {
  if (!Number.isInteger(poolLimit) || poolLimit < 1) {
    throw new RangeError(
      `'poolLimit' must be a positive integer: current value is ${poolLimit}`,
    );
  }
  const outcomes: Promise<Outcome<R>>[] = [];
  const errors: unknown[] = [];
  let begun = Promise.withResolvers<void>();
  let fed = false;
  let left = false;

  const fail = (error: unknown): Outcome<R> => {
    errors.push(error);
    return { ok: false };
  };
  const feed = async () => {
    // A failed item keeps its place, so that the next time all places are taken ends the feeding.
    const taken = new Set<Promise<Outcome<R>>>();
    const free = (value: R): Outcome<R> => ({ ok: true, value });
    for await (const item of array) {
      if (left) return;
      const outcome = Promise.resolve(item).then(iteratorFn).then(free, fail);
      taken.add(outcome);
      outcomes.push(outcome);
      begun.resolve();
      outcome.then(({ ok }) => ok && taken.delete(outcome));
      if (taken.size >= poolLimit) await Promise.race(taken);
      if (taken.size >= poolLimit && errors.length > 0) return;
    }
  };
  async function* results(): AsyncGenerator<R> {
    try {
      while (true) {
        const outcome = outcomes.shift();
        if (outcome === undefined) {
          if (fed) break;
          await begun.promise;
          begun = Promise.withResolvers();
          continue;
        }
        const settled = await outcome;
        if (settled.ok) yield settled.value;
      }
      if (errors.length > 0) throw new AggregateError(errors, mappingFailed);
    } finally {
      left = true;
    }
  }
  feed().catch(fail).finally(() => {
    fed = true;
    begun.resolve();
  });
  return results();
}
