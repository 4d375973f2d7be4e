import { AskLetter, type Letter, lineageOf, noLineage, type RawResult, TellLetter } from "./letter.ts";
import type { Protocol } from "./protocol.ts";
import { Queue } from "./queue.ts";
import type { EndReason, Lineage, OfferOptions, TellOutcome } from "./ref.ts";
import type { RawAskOptions } from "./ref_of.ts";
import type { DeadLetter, Runtime } from "./runtime.ts";
import { separate } from "./separate.ts";
import type { TypeStats } from "./stats.ts";

export const defaultCapacity = 256;
const maxCapacity = 10_000;
const defaultTimeoutMs = 5_000;

interface Offer {
  readonly letter: Letter;
  readonly resolve: (outcome: TellOutcome) => void;
  /** The outcome of the offer: taken in, given up, or refused. */
  over: boolean;
}

/**
 * The front of every actor, in every home: takes messages into a bounded mailbox (rule A2), starts their deadlines
 * (A5), and settles messages that it can't take (A4). The home handles the letters in the mailbox.
 */
export abstract class Intake {
  readonly id: string;
  protected readonly mailbox = new Queue<Letter>();
  protected readonly stats: TypeStats;
  readonly #capacity: number;
  /** Why messages are refused; `null` while they are taken in. */
  #closed: "stopped" | "unreachable" | null = null;
  #end: EndReason | null = null;
  /** Tells that wait for room; while there are any, the mailbox counts as full, so that none is overtaken. */
  #offers: Queue<Offer> | null = null;
  #watchers: Set<(reason: EndReason) => void> | null = null;

  constructor(
    protected readonly runtime: Runtime,
    readonly protocol: Protocol,
    readonly type: string,
    readonly path: string,
    capacity: number,
  ) {
    if (!Number.isInteger(capacity) || capacity < 1 || capacity > maxCapacity) {
      throw new RangeError(
        `Mailbox capacity of ${path}: ${capacity} is not a whole number from 1 to ${maxCapacity}`,
      );
    }
    this.id = runtime.nextId();
    this.#capacity = capacity;
    this.stats = runtime.statsOf(type);
  }

  get depth(): number {
    return this.mailbox.size;
  }

  /** How many messages wait or are under way. */
  abstract get load(): number;

  ask(name: string, body: unknown, options: RawAskOptions = {}): Promise<RawResult> {
    return new Promise((resolve) => {
      this.stats.sent++;
      const lineage = this.#traced(options.lineage ?? lineageOf(options.trace));
      const letter = new AskLetter(
        this.runtime,
        name,
        this.separated(body),
        lineage,
        options.transfer,
        resolve,
      );
      const refusal = this.#refusal(letter);
      if (refusal !== null) {
        this.stats.refused++;
        letter.fail(refusal, refusalTexts[refusal](this.path));
        return;
      }
      if (options.served !== undefined) options.served.letter = letter;
      letter.limit(options.timeoutMs ?? defaultTimeoutMs, options.signal);
      if (letter.settled) return this.deadLetter(name, "late");
      this.#take(letter);
    });
  }

  tell(name: string, body: unknown): TellOutcome {
    return this.#tell(name, body, noLineage);
  }

  #tell(name: string, body: unknown, lineage: Lineage): TellOutcome {
    this.stats.sent++;
    if (this.#closed !== null) return this.#refuseTell("stopped");
    if (this.#full) return this.#refuseTell("overloaded");
    this.#take(new TellLetter(name, this.separated(body), this.#traced(lineage)));
    return "accepted";
  }

  offer(
    name: string,
    body: unknown,
    { signal, lineage = noLineage }: OfferOptions = {},
  ): Promise<TellOutcome> {
    if (this.#closed !== null || !this.#full) return Promise.resolve(this.#tell(name, body, lineage));
    this.stats.sent++;
    if (signal?.aborted) return Promise.resolve(this.#refuseTell("overloaded"));
    return new Promise((resolve) => {
      const giveUp = () => {
        offer.over = true;
        resolve(this.#refuseTell("overloaded"));
      };
      const offer: Offer = {
        letter: new TellLetter(name, this.separated(body), this.#traced(lineage)),
        resolve(outcome) {
          signal?.removeEventListener("abort", giveUp);
          resolve(outcome);
        },
        over: false,
      };
      this.#offers ??= new Queue();
      this.#offers.push(offer);
      signal?.addEventListener("abort", giveUp, { once: true });
    });
  }

  /** Calls back once when the actor has ended; at once if it already has. */
  watch(listener: (reason: EndReason) => void): () => void {
    const reason = this.#end;
    if (reason !== null) {
      queueMicrotask(() => listener(reason));
      return () => {};
    }
    this.#watchers ??= new Set();
    this.#watchers.add(listener);
    return () => this.#watchers?.delete(listener);
  }

  /** Called when the mailbox has a letter. */
  protected abstract wake(): void;
  /** The refusal of a full mailbox: `restarting` between two lives, else `overloaded`. */
  protected get fullCode(): "overloaded" | "restarting" {
    return "overloaded";
  }

  /** Whether messages are taken in: the actor has not ended and is not stopping. */
  get open(): boolean {
    return this.#closed === null;
  }

  /** Whether this actor is one of the askers in `chain`. */
  protected isIn(chain: readonly string[]): boolean {
    return chain.includes(this.id);
  }

  protected closeIntake(reason: "stopped" | "unreachable"): void {
    this.#closed ??= reason;
    for (const offer of this.#offers?.drain() ?? []) {
      if (!offer.over) offer.resolve(this.#refuseTell("stopped"));
      offer.over = true;
    }
  }

  /** Takes the next letter that is still wanted. */
  protected next(): Letter | undefined {
    for (let letter = this.mailbox.shift(); letter !== undefined; letter = this.mailbox.shift()) {
      this.stats.depth--;
      if (this.#offers !== null) this.#admitOffers();
      if (!letter.settled) return letter;
      this.deadLetter(letter.name, "late");
    }
    return undefined;
  }

  /** Settles all letters that wait: asks fail, tells become dead letters. */
  protected settleAll(code: "stopped" | "crashed" | "unreachable"): void {
    const letters = this.mailbox.drain();
    this.stats.depth -= letters.length;
    for (const letter of letters) {
      this.deadLetter(letter.name, letter.settled ? "late" : code);
      this.abandon(letter, code);
    }
  }

  /** Settles an ask that will not be finished, and aborts its handler. */
  protected abandon(letter: Letter, code: "stopped" | "crashed" | "unreachable"): void {
    letter.expire(code, refusalTexts[code](this.path));
  }

  /** In test mode nothing is shared between sender and receiver. */
  protected separated(body: unknown): unknown {
    return this.runtime.separated ? separate(body) : body;
  }

  protected deadLetter(message: string, reason: DeadLetter["reason"]): void {
    this.runtime.deadLetter({ path: this.path, type: this.type, message, reason });
  }

  protected announceEnd(reason: EndReason): void {
    if (this.#end !== null) return;
    this.#end = reason;
    const watchers = this.#watchers;
    this.#watchers = null;
    if (watchers === null) return;
    // Each in a microtask of its own: a listener that throws stops neither the others nor the actor's end.
    for (const watcher of watchers) queueMicrotask(() => watcher(reason));
  }

  /** A message without a trace context gets the sender's current one. */
  #traced(lineage: Lineage): Lineage {
    const { tracer } = this.runtime;
    return tracer === null || lineage.trace !== undefined
      ? lineage
      : { chain: lineage.chain, trace: tracer.current() };
  }

  get #full(): boolean {
    return this.mailbox.size >= this.#capacity || (this.#offers !== null && this.#offers.size > 0);
  }

  #admitOffers(): void {
    while (this.mailbox.size < this.#capacity) {
      const offer = this.#offers?.shift();
      if (offer === undefined) return;
      if (offer.over) continue;
      offer.over = true;
      this.stats.depth++;
      this.mailbox.push(offer.letter);
      offer.resolve("accepted");
    }
  }

  #refusal(letter: Letter): "stopped" | "unreachable" | "overloaded" | "restarting" | "cycle" | null {
    if (this.#closed !== null) return this.#closed;
    if (this.isIn(letter.lineage.chain)) return "cycle";
    return this.#full ? this.fullCode : null;
  }

  #take(letter: Letter): void {
    this.stats.depth++;
    this.mailbox.push(letter);
    this.wake();
  }

  #refuseTell(outcome: "overloaded" | "stopped"): TellOutcome {
    this.stats.refused++;
    return outcome;
  }
}

const refusalTexts = {
  stopped: (path: string) => `"${path}" has stopped.`,
  crashed: (path: string) => `"${path}" failed.`,
  unreachable: (path: string) => `"${path}" can't be reached.`,
  overloaded: (path: string) => `"${path}" has too much to do.`,
  restarting: (path: string) => `"${path}" is restarting.`,
  cycle: (path: string) => `"${path}" waits for the very actor that asks it.`,
} as const;
