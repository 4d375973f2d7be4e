import { abortable } from "./abortable.ts";

/** Options for {@linkcode deadline}. */
export interface DeadlineOptions {
  /** Ends the wait early: the promise rejects with the signal's reason. */
  signal?: AbortSignal;
}

/**
 * The promise `p`, given `ms` milliseconds to settle. What runs behind it is not stopped; where an API takes an
 * `AbortSignal`, give it `AbortSignal.timeout` instead.
 *
 * @throws {DOMException} named `TimeoutError` when the time runs out first.
 * @throws the signal's reason when it aborts first.
 */
export async function deadline<T>(
  p: Promise<T>,
  ms: number,
  options: DeadlineOptions = {},
): Promise<T> {
  const signals = [AbortSignal.timeout(ms)];
  if (options.signal) signals.push(options.signal);
  return await abortable(p, AbortSignal.any(signals));
}
