import { RecentMap } from "../recent_map.ts";

/** How often something may happen: `burst` times at once, and again every `periodMs / count`. */
export interface Rate {
  readonly count: number;
  readonly periodMs: number;
  readonly burst: number;
}

/** How far ahead of its rate a burst may be. */
export function toleranceMs({ count, periodMs, burst }: Rate): number {
  return periodMs / count * (burst - 1);
}

/** Counts by key. Waits are in milliseconds; 0 means now. */
export interface Limiter {
  /** How long to wait until it may happen, `times` at once and up to the burst; when it may, it is counted. */
  take(key: string, nowMs: number, times?: number): number;
  /** The same without counting. */
  check(key: string, nowMs: number): number;
  /** A key's cells that were counted elsewhere are forgotten at `emptyMs`; ones of here may be later. */
  raise(key: string, emptyMs: number): void;
  /** How many keys are remembered. */
  readonly size: number;
}

/** Clocks of several machines differ by less: what is from further in the future is from before a clock was set back. */
export const SKEW_MS = 10_000;

/** Sums of fractional milliseconds are off by less than this; it must not cost anybody their last turn. */
const ROUNDING_MS = 0.001;

/**
 * The generic cell rate algorithm (ITU-T I.371) for one key: its whole state is the time at which all that happened is
 * forgotten.
 */
export class CellRate {
  readonly #intervalMs: number;
  readonly #toleranceMs: number;
  #emptyMs: number;

  /** A counter that was kept elsewhere goes on with its `emptyMs`. */
  constructor(rate: Rate, emptyMs = -Infinity) {
    this.#intervalMs = rate.periodMs / rate.count;
    this.#toleranceMs = toleranceMs(rate);
    this.#emptyMs = emptyMs;
  }

  /** From then on this counter is as good as a new one. */
  get emptyMs(): number {
    return this.#emptyMs;
  }

  /** Cells that were counted elsewhere are forgotten then. */
  raise(emptyMs: number): void {
    this.#emptyMs = Math.max(this.#emptyMs, emptyMs);
  }

  /** Counts cells that were taken elsewhere, also beyond the rate. */
  add(nowMs: number, times: number): void {
    this.#emptyMs = Math.max(this.#emptyMs, nowMs) + this.#intervalMs * times;
  }

  /** `times` may be several at once, up to the burst. */
  check(nowMs: number, times = 1): number {
    const waitMs = this.#emptyMs - nowMs - this.#toleranceMs + this.#intervalMs * (times - 1);
    // Whole microseconds: a wait of one second must not read as a little more than one.
    return waitMs > ROUNDING_MS ? Math.round(waitMs * 1_000) / 1_000 : 0;
  }

  take(nowMs: number, times = 1): number {
    const waitMs = this.check(nowMs, times);
    if (waitMs === 0) this.add(nowMs, times);
    return waitMs;
  }
}

/** Many keys at the same rate; the `capacity` that were used last are remembered, and at most twice as many. */
export function createLimiter(rate: Rate, capacity = 100_000): Limiter {
  const cells = new RecentMap<string, CellRate>(capacity);
  const cellOf = (key: string): CellRate => {
    const known = cells.get(key);
    if (known !== undefined) return known;
    const cell = new CellRate(rate);
    cells.set(key, cell);
    return cell;
  };
  return {
    check: (key, nowMs) => cells.get(key)?.check(nowMs) ?? 0,
    take: (key, nowMs, times) => cellOf(key).take(nowMs, times),
    raise: (key, emptyMs) => cellOf(key).raise(emptyMs),
    get size() {
      return cells.size;
    },
  };
}
