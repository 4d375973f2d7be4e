/** Options for {@linkcode delay}. */
export interface DelayOptions {
  /** Ends the wait early: the promise rejects with the signal's reason. */
  signal?: AbortSignal;
  /**
   * Whether the process goes on running for as long as the timer exists.
   *
   * @default {true}
   */
  persistent?: boolean;
}

/** The longest time a timer takes in milliseconds; a longer wait is made of several. */
const longestTimer = 2 ** 31 - 1;

/**
 * Resolves after `ms` milliseconds.
 *
 * @throws the signal's reason, when it is aborted before or while waiting.
 * @example
 * ```ts
 * await delay(100, { signal: AbortSignal.timeout(50) }); // rejects with a TimeoutError after 50 ms
 * ```
 */
export function delay(ms: number, options: DelayOptions = {}): Promise<void> {
  const { signal, persistent = true } = options;
  if (signal?.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout>;
    let leftMs = Math.trunc(Math.max(ms, 0) || 0);
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const wait = () => {
      if (leftMs <= 0) {
        signal?.removeEventListener("abort", abort);
        resolve();
        return;
      }
      arm();
    };
    const arm = () => {
      const stepMs = Math.min(leftMs, longestTimer);
      leftMs -= stepMs;
      timer = setTimeout(wait, stepMs);
      if (!persistent && "Deno" in globalThis) Deno.unrefTimer(timer);
    };
    signal?.addEventListener("abort", abort, { once: true });
    arm();
  });
}
