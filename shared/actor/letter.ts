import type { Lineage } from "./ref.ts";
import { type ActorFailureCode, Failure, type Result } from "./result.ts";
import { type TimerWheel, WheelEntry } from "./timer_wheel.ts";

/** The outcome of an ask before the types of its protocol are put on it. */
export type RawResult = Result<unknown, string>;

export const noLineage: Lineage = Object.freeze({ chain: Object.freeze([]) });

/** A message on its way: in a mailbox, in a handler, or posted to another isolate. */
export class Letter extends WheelEntry {
  #resolve: ((result: RawResult) => void) | null;
  #wheel: TimerWheel | null = null;
  #signal: AbortSignal | undefined;
  #controller: AbortController | undefined;
  #expired: ActorFailureCode | null = null;
  /** Told when the letter expires while somebody works on it. */
  onExpired: (() => void) | null = null;

  constructor(
    readonly name: string,
    readonly body: unknown,
    readonly lineage: Lineage,
    resolve: ((result: RawResult) => void) | null,
    readonly transfer: readonly Transferable[] | undefined,
  ) {
    super();
    this.#resolve = resolve;
  }

  get isAsk(): boolean {
    return this.#resolve !== null || this.#wheel !== null;
  }

  /** An ask that nobody waits for any more. */
  get settled(): boolean {
    return this.#wheel !== null && this.#resolve === null;
  }

  /** Aborted at the deadline, at the caller's abort, and when the handler is cut off. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#expired !== null) this.#controller.abort(this.#expired);
    return this.#controller.signal;
  }

  /** Starts the deadline and listens to the caller's signal. */
  limit(wheel: TimerWheel, dueMs: number, signal: AbortSignal | undefined): void {
    this.#wheel = wheel;
    if (dueMs === Infinity) this.dueMs = Infinity;
    else wheel.add(this, dueMs);
    if (signal === undefined) return;
    this.#signal = signal;
    if (signal.aborted) this.expire("aborted", "The caller gave up.");
    else signal.addEventListener("abort", this.#onAbort);
  }

  /** Answers the ask; the first answer counts. */
  settle(result: RawResult): boolean {
    const resolve = this.#resolve;
    if (resolve === null) return false;
    this.#resolve = null;
    this.#wheel?.remove(this);
    this.#signal?.removeEventListener("abort", this.#onAbort);
    resolve(result);
    return true;
  }

  fail(code: ActorFailureCode, message: string): boolean {
    return this.settle({ ok: false, error: new Failure(code, message) });
  }

  /** Settles the ask and aborts whoever works on it. */
  expire(code: ActorFailureCode, message: string): void {
    if (this.#expired !== null) return;
    this.#expired = code;
    this.fail(code, message);
    this.#controller?.abort(code);
    this.onExpired?.();
  }

  override fire(): void {
    this.expire("timeout", `No answer to "${this.name}" in time.`);
  }

  readonly #onAbort = () => this.expire("aborted", "The caller gave up.");
}
