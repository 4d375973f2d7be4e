import { addressKey } from "../../shared/limits/address_key.ts";
import { createLimiter, type Rate } from "../../shared/limits/gcra.ts";

/** How often one person may ask to be let in. Coming back over a newer connection doesn't count. */
const KNOCKS: Rate = { count: 1, periodMs: 60_000, burst: 5 };
/** How often people of one address may be turned away before others from there have to pause: a guest may come as another one. */
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

  /** Somebody from this address was turned away; it is empty of whom no connection is known. */
  denied(address: string, nowMs: number): void {
    if (address !== "") this.#denials.take(addressKey(address), nowMs);
  }
}
