import { Intake } from "./intake.ts";
import type { Link, PostOutcome } from "./link.ts";
import type { Letter } from "./letter.ts";
import type { Protocol } from "./protocol.ts";
import type { EndReason } from "./ref.ts";
import type { Runtime } from "./runtime.ts";
import { WheelTimer } from "./wheel_timer.ts";

/** How many messages are posted to another isolate at a time; the others wait on the sender's side (rules A2, A8). */
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
  /** For a supervised Worker: told when it goes on with a message `graceMs` after its deadline. */
  readonly overdue?: { readonly graceMs: number; readonly tell: (message: string) => void };
}

/**
 * The sender's side of an actor that lives in another isolate: its mailbox. `postMessage` and sockets have no bound of
 * their own, so at most a window of messages is posted; each one handled over there frees a place.
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

  /** Posts through `link` from now on. */
  attach(link: Link): void {
    this.#link = link;
    this.wake();
  }

  /** Keeps what waits until there is a new link; the old link settles what it had posted. */
  detach(): void {
    this.#link = null;
    this.#inFlight = 0;
  }

  /** For an actor that the other side supervises: its end is heard of over the link. */
  override watch(listener: (reason: EndReason) => void): () => void {
    if (this.#hears === "nothing yet" && this.#link !== null) {
      this.#hears = "ends";
      this.#link.watch(this.#to, (reason) => this.end("stopped", reason));
    }
    return super.watch(listener);
  }

  /** Takes nothing in any more. */
  closeWith(code: "stopped" | "unreachable"): void {
    this.closeIntake(code);
  }

  /** Resolves once everything taken in has been handled. */
  drained(): Promise<void> {
    if (this.#idle) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onSettled = resolve;
    return promise;
  }

  /** The end: settles what still waits. */
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

  /** A tell that wasn't handled is a dead letter: its sender was told that it was taken in. */
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
      // A supervised Worker that goes on past the deadline is ended; until then it is busy with the letter.
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
