import type { ActorContext, Protocol } from "../actor/mod.ts";
import { createLimiter, type Limiter, type Rate, toleranceMs } from "./gcra.ts";

/** Turns that were taken here, for the counter that all processes share. */
export interface TakenCells {
  readonly rule: string;
  readonly key: string;
  readonly rate: Rate;
  readonly cells: number;
}

/** Takes one cell at the shared counter: milliseconds to wait, 0 when it was taken, nothing when that can't be said. */
export type TakeShared = (cell: Omit<TakenCells, "cells">) => Promise<number | undefined>;

export interface SharedLimitsInit<R extends string> {
  readonly rates: Readonly<Record<R, Rate>>;
  /** How many keys a rule remembers at least, and half of the most. */
  readonly keys: number;
  readonly context: Pick<ActorContext<Protocol>, "clock" | "after" | "pipe">;
  /** Adds to the shared counters; milliseconds until each is empty, nothing when that can't be said. Never rejects. */
  readonly add: (cells: readonly TakenCells[]) => Promise<readonly number[] | undefined>;
}

/** What one process takes in this time the others may not know of yet. */
const SHARE_MS = 250;
const MOST_AT_ONCE = 500;
/** So many keys wait to be shared, at the most; those beyond count here alone. */
const MOST_WAITING = 10_000;

/**
 * Limits that several processes share, as part of an actor's state. Turns are decided here, by counters of this process,
 * so that nobody waits for the store; what was taken goes to the shared counters in batches, whose answers bring what
 * others took. While the store is away each process counts alone.
 */
export class SharedLimits<R extends string> {
  readonly #init: SharedLimitsInit<R>;
  readonly #limiters: ReadonlyMap<R, Limiter>;
  readonly #waiting = new Map<string, TakenCells>();
  #isScheduled = false;

  constructor(init: SharedLimitsInit<R>) {
    this.#init = init;
    const limiters = new Map<R, Limiter>();
    for (const rule in init.rates) limiters.set(rule, createLimiter(init.rates[rule], init.keys));
    this.#limiters = limiters;
  }

  /** How many keys are remembered, over all rules. */
  get size(): number {
    return [...this.#limiters.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** How long to wait, in milliseconds; 0: the turn is taken, and the others learn of it. */
  take(rule: R, key: string): number {
    const waitMs = this.#limiter(rule).take(key, this.#now);
    if (waitMs === 0) this.#share({ rule, key, rate: this.#init.rates[rule], cells: 1 });
    return waitMs;
  }

  /** The same for what must hold over all processes at every moment: the shared counter is asked, too. */
  takeExactly(rule: R, key: string, takeShared: TakeShared): number | Promise<number> {
    const rate = this.#init.rates[rule];
    const waitMs = this.#limiter(rule).take(key, this.#now);
    if (waitMs > 0) return waitMs;
    return this.#init.context.pipe(takeShared({ rule, key, rate }), (sharedMs = 0) => {
      if (sharedMs > 0) this.#limiter(rule).raise(key, this.#now + sharedMs + toleranceMs(rate));
      return sharedMs;
    });
  }

  /** The same without taking a turn. */
  check(rule: R, key: string): number {
    return this.#limiter(rule).check(key, this.#now);
  }

  #share(taken: TakenCells): void {
    const name = `${taken.rule} ${taken.key}`;
    const before = this.#waiting.get(name)?.cells ?? 0;
    if (before === 0 && this.#waiting.size >= MOST_WAITING) return;
    this.#waiting.set(name, { ...taken, cells: before + taken.cells });
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting.size === 0) return;
    this.#isScheduled = true;
    this.#init.context.after(SHARE_MS, () => this.#send());
  }

  #send(): void {
    const batch = [...this.#waiting].slice(0, MOST_AT_ONCE);
    for (const [name] of batch) this.#waiting.delete(name);
    const cells = batch.map(([, taken]) => taken);
    void this.#init.context.pipe(this.#init.add(cells), (empties = []) => {
      for (const [index, emptyInMs] of empties.entries()) this.#learn(cells[index], emptyInMs);
      this.#isScheduled = false;
      this.#schedule();
    });
  }

  #learn(taken: TakenCells | undefined, emptyInMs: number): void {
    for (const [rule, limiter] of this.#limiters) {
      if (rule === taken?.rule) limiter.raise(taken.key, this.#now + emptyInMs);
    }
  }

  #limiter(rule: R): Limiter {
    const limiter = this.#limiters.get(rule);
    if (limiter === undefined) throw new Error(`There is no rule "${rule}"`);
    return limiter;
  }

  get #now(): number {
    return this.#init.context.clock.now();
  }
}
