import type { ActorContext, MessageContext } from "./context.ts";
import type { Later } from "./later.ts";
import type { Body, Protocol, Reply } from "./protocol.ts";

/**
 * The handlers of an actor: a method for each message of its protocol. A handler returns a refusal. An exception is a
 * bug, and the supervisor decides. One message at a time: the next one starts when the handler's promise has settled.
 */
export type Handlers<P extends Protocol> = {
  [N in keyof P & string]: (
    body: Body<P, N>,
    message: MessageContext,
  ) => Answer<Reply<P, N>> | Promise<Answer<Reply<P, N>>>;
};

type Answer<R> = R | Later<R>;

/** Optional handlers for the start and the stop of an actor's life. */
export interface Lifecycle {
  /** Before the first message; a rejection counts as a crash. */
  onStart?(): void | Promise<void>;
  /** After the last message of a stop. Not called at a crash: `context.cleanup` releases resources in both cases. */
  onStop?(): void | Promise<void>;
}

/** An actor's class. Each life is a new object, made from the same init. */
export interface ActorClass<P extends Protocol, I> {
  readonly name: string;
  readonly protocol: P;
  new (init: I, context: ActorContext<P>): Handlers<P> & Lifecycle;
}
