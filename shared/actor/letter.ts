import type { MessageContext } from "./context.ts";
import type { AskName, Body, Outcome, Protocol } from "./protocol.ts";
import type { ActorRef, AskOptions, AskOptionsWithLineage, Lineage } from "./ref.ts";
import { type ActorFailureCode, Failure, type Result } from "./result.ts";
import type { Runtime } from "./runtime.ts";
import { WheelEntry } from "./timer_wheel.ts";

/** The outcome of an ask without the types of its protocol. */
export type RawResult = Result<unknown, string>;

export const noLineage: Lineage = Object.freeze({ chain: Object.freeze([]) });

/** The lineage of an ask on nobody's behalf. */
export function lineageOf(trace: string | undefined): Lineage {
  return trace === undefined ? noLineage : { chain: noLineage.chain, trace };
}

const defaultTimeoutMs = 5_000;

/** The id of the actor that handles a letter: asks on its behalf carry it in their chain. */
export interface Reader {
  readonly id: string;
}

/** A message under way: in a mailbox, in a handler (whose context it is), or posted to another isolate. */
export type Letter = TellLetter | AskLetter;

/** A tell: a message without an answer. */
export class TellLetter implements MessageContext {
  readonly transfer = undefined;
  reader: Reader | null = null;
  #controller: AbortController | null = null;

  constructor(readonly name: string, readonly body: unknown, readonly lineage: Lineage) {}

  get isAsk(): false {
    return false;
  }

  get settled(): false {
    return false;
  }

  get remainingMs(): number {
    return Infinity;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  /** Aborts the handler of this letter. */
  expire(code: ActorFailureCode): void {
    this.#controller?.abort(code);
  }

  ask<R extends Protocol, N extends AskName<R>>(
    ref: ActorRef<R>,
    name: N,
    body: Body<R, N>,
    options: AskOptions = {},
  ): Promise<Outcome<R, N>> {
    const withLineage: AskOptionsWithLineage = { ...options, lineage: extended(this, options.trace) };
    return ref.ask(name, body, withLineage);
  }
}

/** An ask: a message with an answer. It settles exactly once (rule A4). */
export class AskLetter extends WheelEntry implements MessageContext {
  reader: Reader | null = null;
  readonly #runtime: Runtime;
  #resolve: ((result: RawResult) => void) | null;
  #callerSignal: AbortSignal | undefined;
  #controller: AbortController | null = null;
  #expired: ActorFailureCode | null = null;
  /** Called when the letter expires while it is being handled. */
  onExpired: (() => void) | null = null;

  constructor(
    runtime: Runtime,
    readonly name: string,
    readonly body: unknown,
    readonly lineage: Lineage,
    readonly transfer: readonly Transferable[] | undefined,
    resolve: (result: RawResult) => void,
  ) {
    super();
    this.#runtime = runtime;
    this.#resolve = resolve;
  }

  get isAsk(): true {
    return true;
  }

  /** Whether the ask has settled, so that no caller waits for it. */
  get settled(): boolean {
    return this.#resolve === null;
  }

  get remainingMs(): number {
    return Math.max(0, this.dueMs - this.#runtime.clock.now());
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#expired !== null) this.#controller.abort(this.#expired);
    return this.#controller.signal;
  }

  /** Starts the deadline and listens to the caller's signal. */
  limit(timeoutMs: number, signal: AbortSignal | undefined): void {
    const { clock, wheel } = this.#runtime;
    if (typeof timeoutMs !== "number" || Number.isNaN(timeoutMs)) {
      return void this.fail("invalid", `The time limit of "${this.name}" is not a number.`);
    }
    if (timeoutMs <= 0) return this.fire();
    if (timeoutMs === Infinity) this.dueMs = Infinity;
    else wheel.add(this, clock.now() + timeoutMs);
    if (signal === undefined) return;
    this.#callerSignal = signal;
    if (signal.aborted) this.expire("aborted", gaveUp);
    else signal.addEventListener("abort", this);
  }

  /** Answers the ask. Further answers are ignored. */
  settle(result: RawResult): boolean {
    const resolve = this.#resolve;
    if (resolve === null) return false;
    this.#resolve = null;
    this.#runtime.wheel.remove(this);
    this.#callerSignal?.removeEventListener("abort", this);
    resolve(result);
    return true;
  }

  fail(code: ActorFailureCode, message: string): boolean {
    return this.settle({ ok: false, error: new Failure(code, message) });
  }

  /** Settles the ask and aborts its handler. */
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

  /** The caller gave up, or its signal was aborted. */
  handleEvent(): void {
    this.expire("aborted", gaveUp);
  }

  ask<R extends Protocol, N extends AskName<R>>(
    ref: ActorRef<R>,
    name: N,
    body: Body<R, N>,
    options: AskOptions = {},
  ): Promise<Outcome<R, N>> {
    const timeoutMs = Math.min(options.timeoutMs ?? defaultTimeoutMs, this.remainingMs);
    const withLineage: AskOptionsWithLineage = {
      ...options,
      timeoutMs,
      lineage: extended(this, options.trace),
    };
    return ref.ask(name, body, withLineage);
  }
}

const gaveUp = "The caller gave up.";

/** The lineage of asks on behalf of a letter. */
function extended({ reader, lineage }: Letter, given: string | undefined): Lineage {
  const { chain, trace } = lineage;
  return { chain: reader === null ? chain : [...chain, reader.id], trace: given ?? trace };
}
