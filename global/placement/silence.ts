/** How often a timer looks at the clock. */
export const LOOK_MS = 1_000;
/** How often a timer looks whether the live store answers. */
export const STORE_LOOK_MS = 5_000;
/**
 * A look that is later than this means that this process stood still: the heartbeats of that time were not heard. One that is
 * so much earlier means that the clock was set back.
 */
const LATE_MS = 5_000;

/** Heartbeats are late after this share of `timeoutMs`: 5 s by default, which is more than two heartbeats. */
const LATE_SHARE = 1 / 3;

interface SilenceOptions {
  /** Silence of this length means gone. */
  readonly timeoutMs: number;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

interface Heard {
  readonly heartbeat_ms: number;
}

/**
 * Judges processes by the time of their last heartbeat. A process that was not heard for `timeoutMs` takes nothing new.
 * It counts as gone, and its meetings move, only when this GC could have heard it during all that time: not in the
 * first `timeoutMs` after this GC's start, after the return of the live store, and after standing still.
 */
export class Silence {
  readonly #options: SilenceOptions;
  #lookedAt: number;
  #undecidedUntil: number;

  constructor(options: SilenceOptions) {
    this.#options = options;
    this.#lookedAt = options.now();
    this.#undecidedUntil = this.#lookedAt + options.timeoutMs;
  }

  /** To be called every `LOOK_MS`: finds out whether this process stood still. */
  look(): void {
    const now = this.#options.now();
    if (now - this.#lookedAt > LOOK_MS + LATE_MS || this.#lookedAt - now > LATE_MS) this.startAnew();
    this.#lookedAt = now;
  }

  /** Heartbeats could not be heard until now. */
  startAnew(): void {
    this.#undecidedUntil = this.#options.now() + this.#options.timeoutMs;
  }

  /** A heartbeat of the future is from before the clock was set back: whoever lives is heard anew within moments. */
  isHeard({ heartbeat_ms }: Heard): boolean {
    return Math.abs(this.#options.now() - heartbeat_ms) <= this.#options.timeoutMs;
  }

  /** Heartbeats are missing, but not for so long that it is silent: others are chosen first. */
  isLate({ heartbeat_ms }: Heard): boolean {
    return this.#options.now() - heartbeat_ms > this.#options.timeoutMs * LATE_SHARE;
  }

  isGone(process: Heard): boolean {
    this.look();
    return !this.isHeard(process) && this.#options.now() > this.#undecidedUntil;
  }
}
