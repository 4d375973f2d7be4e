import { createLimiter, type Rate } from "../../shared/limits/gcra.ts";

/** How often one host may ask one person to switch something on: a microphone and a camera, on any of their devices. */
const RATE: Rate = { count: 1, periodMs: 10_000, burst: 5 };
const KEPT_PAIRS = 1_000;

/** Limits how often somebody is asked to switch something on. Part of the meeting's state. */
export class UnmuteRequests {
  readonly #pairs = createLimiter(RATE, KEPT_PAIRS);

  /** Whether a person may ask another one now. It is counted then. */
  take(asking: string, asked: string, nowMs: number): boolean {
    return this.#pairs.take(JSON.stringify([asking, asked]), nowMs) === 0;
  }
}
