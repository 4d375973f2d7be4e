import { Intake } from "./intake.ts";
import type { Link, PostOutcome } from "./link.ts";
import type { Letter } from "./letter.ts";
import type { Protocol } from "./protocol.ts";
import type { EndReason } from "./ref.ts";
import type { Runtime } from "./runtime.ts";
import { WheelTimer } from "./wheel_timer.ts";

/** The window: how many messages are posted to another isolate at a time. The others wait here (rules A2, A8). */
export const postWindow = 64;

export interface OutboxOptions {
  readonly runtime: Runtime;
  readonly protocol: Protocol;
  readonly type: string;
  readonly path: string;
  readonly capacity: number;
  /** The name under which the other side exposes the actor. */
  readonly to: string;
  /** How many messages are posted at a time; `postWindow` unless given. */
  readonly window?: number;
  /** For a supervised Worker: called when it still handles a message `graceMs` after the message's deadline. */
  readonly overdue?: { readonly graceMs: number; readonly tell: (message: string) => void };
}

/**
 * The mailbox of an actor that lives in another isolate, on the sender's side. `postMessage` and sockets have no bound,
 * so at most a window of messages is posted. Each handled message frees a place.
 */
export class Outbox extends Intake {
  readonly #to: string;
  readonly #window: number;
  readonly #overdue: OutboxOptions["overdue"];
  #link: Link | null = null;
  #hears: "nothing yet" | "ends" | "from its supervisor";
  #inFlight = 0;
  #onSettled: (() => void) | null = null;

  constructor(options: OutboxOptions) {
    super(options.runtime, options.protocol, options.type, options.path, options.capacity);
    this.#to = options.to;
    this.#window = options.window ?? postWindow;
    this.#overdue = options.overdue;
    this.#hears = options.overdue === undefined ? "nothing yet" : "from its supervisor";
  }

  get load(): number {
    return this.depth + this.#inFlight;
  }

  /** Sets the link to post through. */
  attach(link: Link): void {
    this.#link = link;
    this.wake();
  }

  /** Removes the link. Waiting letters are kept for the next one; the old link settles the posted ones. */
  detach(): void {
    this.#link = null;
    this.#inFlight = 0;
  }

  /** Watches an actor that the other side supervises: its end is reported over the link. */
  override watch(listener: (reason: EndReason) => void): () => void {
    if (this.#hears === "nothing yet" && this.#link !== null) {
      this.#hears = "ends";
      this.#link.watch(this.#to, (reason) => this.end("stopped", reason));
    }
    return super.watch(listener);
  }

  /** Closes the intake. */
  closeWith(code: "stopped" | "unreachable"): void {
    this.closeIntake(code);
  }

  /** Resolves once every message that was taken in has been handled. */
  drained(): Promise<void> {
    if (this.#idle) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onSettled = resolve;
    return promise;
  }

  /** Ends the outbox, and settles the letters that still wait. */
  end(code: "stopped" | "unreachable", reason: EndReason): void {
    this.closeIntake(code);
    this.settleAll(code);
    this.#link = null;
    this.#onSettled?.();
    this.announceEnd(reason);
  }

  get #idle(): boolean {
    return this.mailbox.size === 0 && this.#inFlight === 0;
  }

  protected override get fullCode(): "overloaded" | "restarting" {
    return this.#link === null ? "restarting" : "overloaded";
  }

  protected override wake(): void {
    const link = this.#link;
    if (link === null || link.closed) return;
    while (this.#inFlight < this.#window) {
      const letter = this.next();
      if (letter === undefined) break;
      this.#post(link, letter);
    }
    if (this.#idle) this.#onSettled?.();
  }

  protected override isIn(chain: readonly string[]): boolean {
    const other = this.#link?.idOf(this.#to);
    return super.isIn(chain) || (other !== undefined && chain.includes(other));
  }

  /** Counts a tell that wasn't handled as a dead letter: its sender got `accepted`. */
  #count(letter: Letter, outcome: PostOutcome): void {
    const lost = outcome === "lost";
    if (!lost && outcome !== "refused") this.stats[outcome]++;
    else if (!letter.isAsk) this.deadLetter(letter.name, lost ? "crashed" : "stopped");
    else this.stats[lost ? "crashed" : "refused"]++;
  }

  #post(link: Link, letter: Letter): void {
    this.#inFlight++;
    const remainingMs = letter.isAsk ? letter.dueMs - this.runtime.clock.now() : Infinity;
    let grace: WheelTimer | undefined;
    link.post(this.#to, this.protocol, letter, remainingMs, {
      // A supervised Worker is busy with the letter until it answers, or is ended after the grace.
      freesAtDeadline: this.#overdue === undefined,
      expired: () => {
        const overdue = this.#overdue;
        if (overdue) grace = new WheelTimer(this.runtime, overdue.graceMs, () => overdue.tell(letter.name));
      },
      done: (outcome) => {
        grace?.cancel();
        this.#count(letter, outcome);
        if (link !== this.#link) return;
        this.#inFlight--;
        this.wake();
      },
    });
  }
}
