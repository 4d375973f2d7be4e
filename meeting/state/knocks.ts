import { addressKey } from "../../shared/limits/address_key.ts";
import { createLimiter, type Rate } from "../../shared/limits/gcra.ts";

/** How often one person may ask to be let in. Coming back over a newer connection doesn't count. */
const KNOCKS: Rate = { count: 1, periodMs: 60_000, burst: 5 };
/**
 * How often people from one address may be turned away before others from there have to pause: a guest can come back under
 * another name.
 */
const DENIALS: Rate = { count: 1, periodMs: 60_000, burst: 10 };
const KEPT = 1_000;

/** Limits how often people ask to be let in. Part of the meeting's state; a next controller counts anew. */
export class Knocks {
  readonly #subjects = createLimiter(KNOCKS, KEPT);
  readonly #denials = createLimiter(DENIALS, KEPT);

  /** Whether somebody may ask to be let in now. */
  may(sub: string, address: string, nowMs: number): boolean {
    return this.#denials.check(addressKey(address), nowMs) === 0 && this.#subjects.check(sub, nowMs) === 0;
  }

  /** Somebody has asked to be let in. */
  knocked(sub: string, nowMs: number): void {
    this.#subjects.take(sub, nowMs);
  }

  /** Somebody from this address was turned away. The address is empty where it isn't known, as after a restart. */
  denied(address: string, nowMs: number): void {
    if (address !== "") this.#denials.take(addressKey(address), nowMs);
  }
}
