/**
 * A counting semaphore: at most `max` hold a permit at the same time, the others wait in the order they came.
 *
 * @example
 * ```ts
 * const semaphore = new Semaphore(2);
 * {
 *   using _permit = await semaphore.acquire();
 *   // at most two are here
 * } // the permit is given back at the end of the block
 * ```
 */
export class Semaphore {
  readonly #max: number;
  #free: number;
  /** A set keeps the order of coming and gives up its first member in constant time. */
  readonly #waiting = new Set<() => void>();

  /**
   * @param max How many permits there are; 1 makes a mutex.
   * @throws {TypeError} when `max` is not a positive integer.
   */
  constructor(max: number = 1) {
    if (!Number.isInteger(max) || max < 1) {
      throw new TypeError(
        `Cannot create semaphore as 'max' must be a positive integer: current value is ${max}`,
      );
    }
    this.#max = max;
    this.#free = max;
  }

  /** Resolves with a permit as soon as one is free; disposing of it is {@linkcode release}. */
  acquire(): Promise<Disposable> {
    const permit = this.tryAcquire();
    if (permit !== undefined) return Promise.resolve(permit);
    return new Promise((resolve) => this.#waiting.add(() => resolve(this.#permit())));
  }

  /** A permit if one is free now, `undefined` otherwise. */
  tryAcquire(): Disposable | undefined {
    if (this.#free === 0) return undefined;
    this.#free--;
    return this.#permit();
  }

  /** Gives a permit back: to the one who waits longest, if somebody does. More than `max` are never free. */
  release(): void {
    for (const next of this.#waiting) {
      this.#waiting.delete(next);
      next();
      return;
    }
    this.#free = Math.min(this.#free + 1, this.#max);
  }

  #permit(): Disposable {
    return { [Symbol.dispose]: () => this.release() };
  }
}
