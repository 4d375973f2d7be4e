import { delay } from "./delay.ts";

/** Thrown by {@linkcode retry} when the last attempt failed; `cause` is what that attempt threw. */
export class RetryError extends Error {
  /** @param cause What the last attempt threw. @param attempts How many attempts were made. */
  constructor(cause: unknown, attempts: number) {
    super(`Retrying exceeded the maxAttempts (${attempts}).`, { cause });
    this.name = "RetryError";
  }
}

/** Options for {@linkcode retry}. */
export interface RetryOptions {
  /**
   * By what the wait grows from one attempt to the next; finite, at least 1.
   *
   * @default {2}
   */
  multiplier?: number;
  /**
   * The longest wait between two attempts, in milliseconds.
   *
   * @default {60000}
   */
  maxTimeout?: number;
  /**
   * How many attempts are made in all.
   *
   * @default {5}
   */
  maxAttempts?: number;
  /**
   * The first and shortest wait between two attempts, in milliseconds, before jitter.
   *
   * @default {1000}
   */
  minTimeout?: number;
  /**
   * The share of each wait that is random: 0 for none, 1 for all of it.
   *
   * @default {1}
   */
  jitter?: number;
  /**
   * Whether what an attempt threw is worth another one.
   *
   * @default {() => true}
   */
  isRetriable?: (err: unknown) => boolean;
  /** Ends the attempts: the promise rejects with the signal's reason. */
  signal?: AbortSignal;
}

type Checked = Required<Omit<RetryOptions, "signal" | "isRetriable">>;

function check(
  { multiplier, maxTimeout, maxAttempts, minTimeout, jitter }: Checked,
): void {
  const demand = (holds: boolean, what: string) => {
    if (!holds) throw new RangeError(`Cannot retry as ${what}`);
  };
  const must = (name: string, rule: string, value: number) =>
    `'${name}' must be ${rule}: current value is ${value}`;
  demand(
    Number.isInteger(maxAttempts) && maxAttempts >= 1,
    must("maxAttempts", "a positive integer", maxAttempts),
  );
  demand(
    Number.isFinite(multiplier) && multiplier >= 1,
    must("multiplier", "a finite number >= 1", multiplier),
  );
  demand(maxTimeout > 0, must("maxTimeout", "a positive number", maxTimeout));
  demand(minTimeout >= 0, must("minTimeout", ">= 0", minTimeout));
  demand(
    minTimeout <= maxTimeout,
    `'minTimeout' must be <= 'maxTimeout': current values 'minTimeout=${minTimeout}', 'maxTimeout=${maxTimeout}'`,
  );
  demand(jitter >= 0 && jitter <= 1, must("jitter", "between 0 and 1", jitter));
}

/**
 * Calls `fn` until it returns, at most `maxAttempts` times. The wait before attempt n + 1 is `minTimeout` times
 * `multiplier` to the power of n - 1, at most `maxTimeout`, shortened by a random share of it up to `jitter`.
 *
 * @throws {RetryError} when the last attempt failed too.
 * @throws what an attempt threw, at once, when `isRetriable` answers false for it.
 * @throws the signal's reason when it aborts.
 * @throws {RangeError} when an option is out of its range.
 * @example
 * ```ts
 * const answer = await retry(ask, { maxAttempts: 3, minTimeout: 100 });
 * ```
 */
export async function retry<T>(
  fn: (() => Promise<T>) | (() => T),
  options?: RetryOptions,
): Promise<T> {
  const {
    multiplier = 2,
    maxTimeout = 60_000,
    maxAttempts = 5,
    minTimeout = 1_000,
    jitter = 1,
    isRetriable = () => true,
    signal,
  } = options ?? {};
  check({ multiplier, maxTimeout, maxAttempts, minTimeout, jitter });
  for (let attempt = 1;; attempt++) {
    signal?.throwIfAborted();
    try {
      return await fn();
    } catch (error) {
      if (!isRetriable(error)) throw error;
      if (attempt >= maxAttempts) throw new RetryError(error, maxAttempts);
    }
    const backoffMs = Math.min(
      maxTimeout,
      minTimeout * multiplier ** (attempt - 1),
    );
    await delay(
      (1 - jitter * Math.random()) * backoffMs,
      signal === undefined ? {} : { signal },
    );
  }
}
