/** A promise that rejects when `signal` aborts, and what takes its listener away again. */
function aborted(
  signal: AbortSignal,
): { promise: Promise<never>; stop: () => void } {
  const { promise, reject } = Promise.withResolvers<never>();
  // Nobody may be racing against it at the moment of the abort.
  promise.catch(() => {});
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  return { promise, stop: () => signal.removeEventListener("abort", abort) };
}

async function abortablePromise<T>(
  p: Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  signal.throwIfAborted();
  const abort = aborted(signal);
  try {
    return await Promise.race([abort.promise, p]);
  } finally {
    abort.stop();
  }
}

async function* abortableAsyncIterable<T>(
  p: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  signal.throwIfAborted();
  const abort = aborted(signal);
  try {
    const iterator = p[Symbol.asyncIterator]();
    while (true) {
      const result = await Promise.race([abort.promise, iterator.next()]);
      if (result.done) return;
      yield result.value;
    }
  } finally {
    abort.stop();
  }
}

/**
 * The promise, or the async iterable, that ends with the signal's reason when `signal` aborts first. What runs behind
 * it is not stopped by that.
 *
 * @throws the signal's reason (a `DOMException` named `AbortError` unless the one who aborts gives another), also
 * when it was aborted before.
 * @example
 * ```ts
 * const answer = await abortable(fetchSomething(), AbortSignal.timeout(1_000));
 * ```
 */
export function abortable<T>(p: Promise<T>, signal: AbortSignal): Promise<T>;
export function abortable<T>(
  p: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T>;
export function abortable<T>(
  p: Promise<T> | AsyncIterable<T>,
  signal: AbortSignal,
): Promise<T> | AsyncGenerator<T> {
  return p instanceof Promise ? abortablePromise(p, signal) : abortableAsyncIterable(p, signal);
}
