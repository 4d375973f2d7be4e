import type { Runtime } from "./runtime.ts";
import { WheelEntry } from "./timer_wheel.ts";

/** A one-time timer on the isolate's wheel. */
export class WheelTimer extends WheelEntry {
  readonly #runtime: Runtime;
  readonly #callback: () => void;

  constructor(runtime: Runtime, delayMs: number, callback: () => void) {
    super();
    this.#runtime = runtime;
    this.#callback = callback;
    if (delayMs <= 0) queueMicrotask(() => this.slot !== cancelled && callback());
    else runtime.wheel.add(this, runtime.clock.now() + delayMs);
  }

  cancel(): void {
    this.#runtime.wheel.remove(this);
    this.slot = cancelled;
  }

  override fire(): void {
    this.#callback();
  }
}

const cancelled = -3;

/** Waits for `work`, but no longer than `limitMs`. Resolves with whether it was done in time. */
export async function deadline(runtime: Runtime, work: Promise<unknown>, limitMs: number): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = new WheelTimer(runtime, limitMs, () => late.resolve(false));
  try {
    return await Promise.race([work.then(() => true), late.promise]);
  } finally {
    timer.cancel();
  }
}
