import type { AskName, Body, Outcome, Protocol, TellName } from "./protocol.ts";

/** The outcome of a tell: `accepted` into the mailbox, or refused. */
export type TellOutcome = "accepted" | "overloaded" | "stopped";

/** A message's chain of waiting askers and its trace; the message's own `ask` hands them on. */
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
  /** W3C `traceparent`; without it that of the message on whose behalf this is asked, or the current one. */
  readonly trace?: string | undefined;
  /** Buffers to move instead of copying, to a Worker-hosted actor. */
  readonly transfer?: readonly Transferable[] | undefined;
}

/** The options of an ask on behalf of a message. */
export interface AskOptionsWithLineage extends AskOptions {
  readonly lineage?: Lineage;
}

export interface OfferOptions {
  /** Aborting it stops waiting for room; the answer is then `overloaded`. */
  readonly signal?: AbortSignal;
  readonly lineage?: Lineage;
}

/** Why an actor ended (rule A10). */
export type EndReason = "stopped" | "crashed" | "unreachable";

/** The identity of an actor, without its protocol. */
export interface Address {
  /** Unique over all isolates of this process. */
  readonly id: string;
  /** The path below the scope, for people: `meetings/meeting-7/layout`. */
  readonly path: string;
  /** Calls back once when the actor has ended; soon, if it already has. Returns the function that removes the listener. */
  watch(listener: (reason: EndReason) => void): () => void;
}

/**
 * A caller's view of an actor, the same for every home: this isolate, a Worker, another service. No method throws or
 * rejects; every ask settles (rule A4).
 */
export interface ActorRef<P extends Protocol> extends Address {
  readonly protocol: P;
  ask<N extends AskName<P>>(name: N, body: Body<P, N>, options?: AskOptions): Promise<Outcome<P, N>>;
  tell<N extends TellName<P>>(name: N, body: Body<P, N>): TellOutcome;
  /** A tell that waits for room in a full mailbox. */
  offer<N extends TellName<P>>(name: N, body: Body<P, N>, options?: OfferOptions): Promise<TellOutcome>;
}
