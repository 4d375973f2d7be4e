import type { ActorClass } from "./actor.ts";
import type { Clock } from "./clock.ts";
import type { AskName, Body, Outcome, Protocol } from "./protocol.ts";
import type { ActorRef, Address, AskOptions, EndReason, Lineage } from "./ref.ts";
import type { SpawnOptions } from "./scope.ts";

/** The context that an actor's constructor gets, a new one for each of its lives. */
export interface ActorContext<P extends Protocol> {
  readonly self: ActorRef<P>;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Whether the actor's stop has begun, or this life is over. */
  readonly stopping: boolean;
  /** Starts a child; it is stopped before this actor is, and when this actor restarts (rule A9). */
  spawn<C extends Protocol, I>(type: ActorClass<C, I>, init: NoInfer<I>, options?: SpawnOptions): ActorRef<C>;
  /** Stops a child, drained up to `deadlineMs` and then cut off. */
  stopChild(child: Address, deadlineMs?: number): Promise<void>;
  /** Runs `turn` once, as a message of this actor, after `delayMs`. Returns the function that cancels it (rule A12). */
  after(delayMs: number, turn: () => void | Promise<void>): () => void;
  /** Runs `turn` repeatedly, as a message of this actor, each time `periodMs` after the last one ended. */
  every(periodMs: number, turn: () => void | Promise<void>): () => void;
  /**
   * Goes on with other messages while `work` is under way; `turn` gets its value as a message of this actor. Resolves
   * with what `turn` returned (never, when this life ends first); a rejection of `work` is a crash. With `later` this
   * makes an answer that needs others without holding up the mailbox.
   */
  pipe<T, R>(work: Promise<T>, turn: (value: T) => R | Promise<R>): Promise<R>;
  /** Calls back once, as a message of this actor, when the actor behind `ref` has ended (rule A10). */
  watch(ref: Address, turn: (reason: EndReason) => void | Promise<void>): () => void;
  /** Has `release` called when this life ends: at stop, crash and restart. Waited for, up to a second. */
  cleanup(release: () => void | PromiseLike<void>): void;
  /** Asks without a message on whose behalf it would be. Inside a handler use the message's own `ask`. */
  ask<R extends Protocol, N extends AskName<R>>(
    ref: ActorRef<R>,
    name: N,
    body: Body<R, N>,
    options?: AskOptions,
  ): Promise<Outcome<R, N>>;
  /** A reference that the parent isolate handed to this Worker under `name`. Throws when there is none. */
  imported<R extends Protocol>(name: string, protocol: R): ActorRef<R>;
  /** Stops this actor, after the messages that are already here. */
  stop(): void;
}

/** The context of one message. */
export interface MessageContext {
  /** Aborted at the message's deadline and when the handler is cut off (rule A5). */
  readonly signal: AbortSignal;
  /** Milliseconds until the message's deadline; `Infinity` for a tell. */
  readonly remainingMs: number;
  readonly lineage: Lineage;
  /** Asks on behalf of this message: hands on its chain, its trace, and a deadline no later than its own. */
  ask<R extends Protocol, N extends AskName<R>>(
    ref: ActorRef<R>,
    name: N,
    body: Body<R, N>,
    options?: AskOptions,
  ): Promise<Outcome<R, N>>;
}
