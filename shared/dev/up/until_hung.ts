export interface HungOptions {
  readonly signal: AbortSignal;
  readonly fetch: typeof fetch;
  pause(milliseconds: number): Promise<void>;
  /** How long an answer may take, and the pause between two questions, in milliseconds. */
  readonly answerMs: number;
}

/** A busy process may miss some in a row. */
const MOST_MISSED = 5;

/**
 * Resolves with true when the address has not answered several times in a row, with false when the signal is aborted
 * first. Any answer is a sign of life. Misses are counted and not timed: a machine that slept has missed nothing.
 */
export async function untilHung(url: string, options: HungOptions): Promise<boolean> {
  const { signal, answerMs } = options;
  let missed = 0;
  while (!signal.aborted) {
    missed = await answers(url, options) ? 0 : missed + 1;
    if (missed >= MOST_MISSED) return !signal.aborted;
    await options.pause(answerMs);
  }
  return false;
}

async function answers(url: string, options: HungOptions): Promise<boolean> {
  try {
    const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.answerMs)]);
    const response = await options.fetch(url, { signal });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}
