import type { AskName, Body, Outcome, Protocol, TellName } from "./protocol.ts";

/** What became of a tell: `accepted` into the mailbox, or not, and then it is a dead letter. */
export type TellOutcome = "accepted" | "overloaded" | "stopped";

/** Who waits for whom, and on behalf of which trace; handed on by `ctx.ask` and `ctx.tell`. */
export interface Lineage {
  /** Ids of the actors that wait for this message's answer, outermost first (rule A6). */
  readonly chain: readonly string[];
  /** W3C `traceparent`, if the sender has one. */
  readonly trace?: string | undefined;
}

export interface AskOptions {
  /** The time until the ask fails with `timeout`, in milliseconds; `Infinity` waits as long as it takes. Default 5,000. */
  readonly timeoutMs?: number;
  /** Aborting it settles the ask with `aborted`. */
  readonly signal?: AbortSignal | undefined;
  readonly lineage?: Lineage;
  /** Buffers to move instead of copying, to a Worker-hosted actor. */
  readonly transfer?: readonly Transferable[] | undefined;
}

export interface OfferOptions {
  /** Aborting it stops waiting for room; the answer is then `overloaded`. */
  readonly signal?: AbortSignal;
  readonly lineage?: Lineage;
}

/** Why a reference came to its end (rule A10). */
export type EndReason = "stopped" | "crashed" | "unreachable";

/** Which actor it is, whatever it understands. */
export interface Address {
  /** Unique over all isolates of this process. */
  readonly id: string;
  /** The path below the scope, for people: `meetings/meeting-7/layout`. */
  readonly path: string;
  /** Calls back once when the actor has come to its end; soon, if it already has. Returns what forgets the listener. */
  watch(listener: (reason: EndReason) => void): () => void;
}

/**
 * All that a caller ever sees of an actor, whichever home it lives in: the same isolate, a Worker, another service.
 * No method throws or rejects; every ask settles (rule A4).
 */
export interface ActorRef<P extends Protocol> extends Address {
  readonly protocol: P;
  ask<N extends AskName<P>>(name: N, body: Body<P, N>, options?: AskOptions): Promise<Outcome<P, N>>;
  tell<N extends TellName<P>>(name: N, body: Body<P, N>): TellOutcome;
  /** A tell that waits for room in a full mailbox. */
  offer<N extends TellName<P>>(name: N, body: Body<P, N>, options?: OfferOptions): Promise<TellOutcome>;
}
