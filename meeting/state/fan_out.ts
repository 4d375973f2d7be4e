import { createLimiter, type Rate } from "../../shared/limits/gcra.ts";

/**
 * How many notices one person may cause in a meeting, counted once for each who is told: 2,000 a second take about 6 % of a
 * core (0022). With 40 people in it that is as often as one connection may ask for anything.
 */
const RATE: Rate = { count: 2_000, periodMs: 1_000, burst: 10_000 };
const KEPT_SUBJECTS = 1_000;

/** Limits the notices to everyone that one person causes, on all devices together. Part of the meeting's state. */
export class FanOut {
  readonly #notices = createLimiter(RATE, KEPT_SUBJECTS);

  /** Whether so many may be told of something now. */
  take(sub: string, recipients: number, nowMs: number): boolean {
    return this.#notices.take(sub, nowMs, Math.min(recipients, RATE.burst)) === 0;
  }
}
