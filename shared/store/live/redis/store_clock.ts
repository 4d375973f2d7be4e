/** Measured differences up to this are taken for the time of the answer's way. */
const TOLERANCE_MS = 250;

/**
 * Translates between this machine's clock and Redis', by which all processes' times are stored. The difference changes
 * only when a measurement contradicts it, so that one heartbeat is read as the same time again and again.
 */
export class StoreClock {
  readonly #now: () => number;
  #aheadMs = 0;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Notes what time it was just now by Redis' clock. Answers whether times that were translated before are wrong. */
  note(storeMs: number): boolean {
    const measured = Math.round(storeMs - this.#now());
    if (Math.abs(measured - this.#aheadMs) <= TOLERANCE_MS) return false;
    this.#aheadMs = measured;
    return true;
  }

  toStore(localMs: number): number {
    return localMs + this.#aheadMs;
  }

  toLocal(storeMs: number): number {
    return storeMs - this.#aheadMs;
  }
}
