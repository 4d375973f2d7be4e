import { createLimiter } from "../../shared/limits/gcra.ts";
import { MOST_BY_CLICK, NOTICE_RATE } from "./notice_rate.ts";

const KEPT_SUBJECTS = 1_000;

/**
 * Limits how often one person, on all devices together, has everybody told that a source is on: of a new producer, or of one
 * that is paused no longer. Whoever leaves and joins again goes on with the count. A pause and a close are never refused:
 * neither can be repeated before something was switched on. Part of the routing's state.
 */
export class SwitchLimit {
  readonly #notices = createLimiter(NOTICE_RATE, KEPT_SUBJECTS);

  /** Whether a person may switch something on now, of which so many are told. */
  take(sub: string, recipients: number, nowMs: number): boolean {
    return this.#notices.take(sub, nowMs, Math.min(recipients, MOST_BY_CLICK)) === 0;
  }
}
