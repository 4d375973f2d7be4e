import type { MessageContext } from "./context.ts";
import type { Letter } from "./letter.ts";
import type { AskName, Body, Outcome, Protocol } from "./protocol.ts";
import type { ActorRef, AskOptions, Lineage } from "./ref.ts";
import type { Runtime } from "./runtime.ts";

/** The context of the message that is being handled. */
export class LiveMessage implements MessageContext {
  readonly #runtime: Runtime;
  readonly #actorId: string;
  readonly #letter: Letter;

  constructor(runtime: Runtime, actorId: string, letter: Letter) {
    this.#runtime = runtime;
    this.#actorId = actorId;
    this.#letter = letter;
  }

  get signal(): AbortSignal {
    return this.#letter.signal;
  }

  get remainingMs(): number {
    return this.#letter.isAsk ? Math.max(0, this.#letter.dueMs - this.#runtime.clock.now()) : Infinity;
  }

  get lineage(): Lineage {
    return this.#letter.lineage;
  }

  ask<R extends Protocol, N extends AskName<R>>(
    ref: ActorRef<R>,
    name: N,
    body: Body<R, N>,
    options: AskOptions = {},
  ): Promise<Outcome<R, N>> {
    const { chain, trace } = this.#letter.lineage;
    const timeoutMs = Math.min(options.timeoutMs ?? 5_000, this.remainingMs);
    return ref.ask(name, body, {
      ...options,
      timeoutMs,
      lineage: { chain: [...chain, this.#actorId], trace },
    });
  }
}
