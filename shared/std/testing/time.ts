import { type Clock, createClock, type Timer } from "@sinonjs/fake-timers";

/** An error of {@linkcode FakeTime} itself. */
export class TimeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "TimeError";
  }
}

/** Options for {@linkcode FakeTime}. */
export interface FakeTimeOptions {
  /**
   * How fast fake time moves by itself, relative to real time; 0 is not at all.
   *
   * @default {0}
   */
  advanceRate: number;
  /**
   * The real milliseconds between two such moves.
   *
   * @default {10}
   */
  advanceFrequency?: number;
}

/** Options for {@linkcode FakeTime.delay}. */
export interface DelayOptions {
  /** Ends the wait early: the promise rejects with the signal's reason. */
  signal?: AbortSignal;
}

type Globals = Pick<
  typeof globalThis,
  "Date" | "setTimeout" | "clearTimeout" | "setInterval" | "clearInterval"
>;

function globals(): Globals {
  const { Date, setTimeout, clearTimeout, setInterval, clearInterval } = globalThis;
  return { Date, setTimeout, clearTimeout, setInterval, clearInterval };
}

function startOf(start: number | string | Date | null | undefined): number {
  const ms = typeof start === "number" ? Math.floor(start) : start ? new Date(start).valueOf() : Date.now();
  if (Number.isNaN(ms)) {
    throw new TimeError(
      `Cannot construct FakeTime: invalid start time ${start}`,
    );
  }
  return ms;
}

function earliest(timers: Iterable<Timer>): number | undefined {
  let due: number | undefined;
  for (const { callAt = Infinity } of timers) {
    due = Math.min(due ?? Infinity, callAt);
  }
  return due;
}

/**
 * While it lives, `Date` and the timers of the global object follow a clock that stands still until it is told to move.
 *
 * @example
 * ```ts
 * using time = new FakeTime();
 * setTimeout(callback, 1_000);
 * time.tick(1_000); // calls it
 * ```
 */
export class FakeTime implements Disposable {
  static #current: FakeTime | undefined;
  readonly #start: number;
  readonly #clock: Clock;
  readonly #real: Globals;
  readonly #fake: object;
  readonly #advancing: ReturnType<typeof setInterval> | undefined;

  /**
   * Puts fake time in place of real time, or of another fake time.
   *
   * @param start Where it begins: a date, its text, or milliseconds since the epoch; now by default.
   * @throws {TimeError} when `start` is no date.
   */
  constructor(
    start?: number | string | Date | null,
    options?: FakeTimeOptions,
  ) {
    FakeTime.#current?.restore();
    this.#start = startOf(start);
    this.#real = globals();
    this.#clock = createClock(this.#start);
    const { Date, setTimeout, clearTimeout, setInterval, clearInterval } = this.#clock;
    this.#fake = { Date, setTimeout, clearTimeout, setInterval, clearInterval };
    const everyMs = Math.max(0, options?.advanceFrequency || 10);
    const rate = Math.max(0, options?.advanceRate ?? 0);
    if (rate > 0) {
      this.#advancing = globalThis.setInterval(
        () => this.tick(rate * everyMs),
        everyMs,
      );
    }
    Object.assign(globalThis, this.#fake);
    FakeTime.#current = this;
  }

  /** @throws {TimeError} when time is not fake. */
  static restore(): void {
    if (FakeTime.#current === undefined) {
      throw new TimeError(
        "Cannot restore time because the time is already restored",
      );
    }
    FakeTime.#current.restore();
  }

  /**
   * Calls `callback` in real time; what it goes on with after its first `await` is in fake time again.
   *
   * @throws {TimeError} when time is not fake.
   */
  static async restoreFor<T, Args extends unknown[]>(
    callback: (...args: Args) => Promise<T> | T,
    ...args: Args
  ): Promise<T> {
    const time = FakeTime.#current;
    if (time === undefined) {
      throw new TimeError("Cannot restore time because it is not faked");
    }
    let result: Promise<T> | T;
    Object.assign(globalThis, time.#real);
    try {
      result = callback(...args);
    } finally {
      Object.assign(globalThis, time.#fake);
    }
    return await result;
  }

  /**
   * The fake time in milliseconds since the epoch. Setting it calls what is due until then; when a callback throws,
   * time stands where that was due.
   */
  get now(): number {
    return this.#clock.now;
  }
  set now(value: number) {
    if (value < this.now) {
      throw new RangeError(
        `Cannot set current time in the past, time must be >= ${this.now}: received ${value}`,
      );
    }
    while ((this.#nextDue() ?? Infinity) <= value) this.#clock.next();
    this.#clock.tick(value - this.now);
  }

  /** Where the fake time began, in milliseconds since the epoch. */
  get start(): number {
    return this.#start;
  }

  /** Resolves after `ms` milliseconds of real time. */
  delay(ms: number, options: DelayOptions = {}): Promise<void> {
    const { signal } = options;
    const { setTimeout, clearTimeout } = this.#real;
    if (signal?.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const abort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", abort);
        resolve();
      }, ms);
      signal?.addEventListener("abort", abort, { once: true });
    });
  }

  /** Resolves when the microtasks that wait now have run. */
  async runMicrotasks(): Promise<void> {
    await this.delay(0);
  }

  /** Moves time on by `ms` milliseconds and calls what is due until then. */
  tick(ms = 0): void {
    this.now += ms;
  }

  /** {@linkcode tick} after the microtasks that wait. */
  async tickAsync(ms = 0): Promise<void> {
    await this.runMicrotasks();
    this.tick(ms);
  }

  /** Moves time to the next timer that is due and calls it; false, and no move, when there is none. */
  next(): boolean {
    const due = this.#nextDue();
    if (due !== undefined) this.now = due;
    return due !== undefined;
  }

  /** {@linkcode next} after the microtasks that wait. */
  async nextAsync(): Promise<boolean> {
    await this.runMicrotasks();
    return this.next();
  }

  /** Calls {@linkcode next} until no timer is left; does not end while there is an interval. */
  runAll(): void {
    while (this.next());
  }

  /** Calls {@linkcode nextAsync} until no timer is left; does not end while there is an interval. */
  async runAllAsync(): Promise<void> {
    while (await this.nextAsync());
  }

  /** @throws {TimeError} when it was done before. */
  restore(): void {
    if (FakeTime.#current !== this) {
      throw new TimeError(
        "Cannot restore time because the time is already restored",
      );
    }
    FakeTime.#current = undefined;
    Object.assign(globalThis, this.#real);
    clearInterval(this.#advancing);
  }

  [Symbol.dispose](): void {
    this.restore();
  }

  #nextDue(): number | undefined {
    return earliest(this.#clock.timers?.values() ?? []);
  }
}
