/** Counts what repeats, so that it is reported the first time, and then with its count once a period. */
export class Repeats {
  readonly #periodMs: number;
  readonly #now: () => number;
  #count = 0;
  #nextMs = -Infinity;

  /** `now` is in milliseconds, on a clock that never goes back. */
  constructor(periodMs: number, now: () => number) {
    this.#periodMs = periodMs;
    this.#now = now;
  }

  /** Counts. Answers how many there were since the last report when the next one is due, and 0 before. */
  add(count = 1): number {
    this.#count += count;
    const nowMs = this.#now();
    if (this.#count === 0 || nowMs < this.#nextMs) return 0;
    const due = this.#count;
    this.#count = 0;
    this.#nextMs = nowMs + this.#periodMs;
    return due;
  }
}
