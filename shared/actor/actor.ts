import type { ActorContext, MessageContext } from "./context.ts";
import type { Later } from "./later.ts";
import type { Body, Protocol, Reply } from "./protocol.ts";

/**
 * The handlers of an actor: a method for each message of its protocol. A refusal is returned, not thrown; what is
 * thrown is a bug, and the supervisor's business. One message at a time: the next one starts when the promise settled.
 */
export type Handlers<P extends Protocol> = {
  [N in keyof P & string]: (
    body: Body<P, N>,
    message: MessageContext,
  ) => Answer<Reply<P, N>> | Promise<Answer<Reply<P, N>>>;
};

type Answer<R> = R | Later<R>;

/** Optional turns at the ends of an actor's life. */
export interface Lifecycle {
  /** Before the first message; a rejection counts as a crash. */
  onStart?(): void | Promise<void>;
  /** After the last message of a stop; not called at a crash: use `ctx.cleanup` for what must be released. */
  onStop?(): void | Promise<void>;
}

/** An actor's class. Each life is a new object, made from the same init. */
export interface ActorClass<P extends Protocol, I> {
  readonly name: string;
  readonly protocol: P;
  new (init: I, context: ActorContext<P>): Handlers<P> & Lifecycle;
}
