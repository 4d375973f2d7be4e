/**
 * A generic cell rate limiter for one key (ITU-T I.371): `perSecond` on average, `burst` at once. Cheap enough for
 * every frame: one number of state.
 */
export class CellRate {
  readonly #intervalMs: number;
  readonly #toleranceMs: number;
  #nextMs = 0;

  constructor(perSecond: number, burst: number) {
    this.#intervalMs = 1_000 / perSecond;
    this.#toleranceMs = this.#intervalMs * (burst - 1);
  }

  /** Whether one more is within the rate at `nowMs`. */
  admit(nowMs: number): boolean {
    if (this.#nextMs - nowMs > this.#toleranceMs) return false;
    this.#nextMs = Math.max(this.#nextMs, nowMs) + this.#intervalMs;
    return true;
  }
}
