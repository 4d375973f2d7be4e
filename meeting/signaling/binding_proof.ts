import type { ActorContext, Protocol } from "../../shared/actor/mod.ts";

export interface BindingProofInit {
  readonly context: Pick<ActorContext<Protocol>, "clock" | "pipe">;
  /** After so long without a pong a frame alone is the proof. */
  readonly patienceMs: number;
  /** Takes the proven token; answers false where the next frame has to prove it again. */
  readonly confirm: (bindingToken: string) => boolean;
}

/**
 * Waits for the proof that a client has the binding token of its join's answer: a frame after the answer, and the pong to a
 * ping behind it. A frame alone may have been sent before the answer was read, and a pong alone may be a proxy's. A client
 * that answers no ping, and goes on without having heard anything for so long, has the answer all the same. Part of the
 * connection's state.
 */
export class BindingProof {
  readonly #init: BindingProofInit;
  #bindingToken: string | null = null;
  #isHeard = false;
  #frameSufficesFromMs = 0;

  constructor(init: BindingProofInit) {
    this.#init = init;
  }

  /** The answer with this token was sent; `pong` is null where the socket can't ping. */
  expect(bindingToken: string, pong: Promise<void> | null): void {
    const { context, patienceMs } = this.#init;
    this.#bindingToken = bindingToken;
    if (pong === null) return;
    this.#frameSufficesFromMs = context.clock.now() + patienceMs;
    void context.pipe(pong, () => {
      this.#frameSufficesFromMs = 0;
      if (this.#isHeard) this.#prove(bindingToken);
    });
  }

  /** A frame of the client has come. */
  heard(): void {
    if (this.#bindingToken === null) return;
    this.#isHeard = true;
    if (this.#init.context.clock.now() >= this.#frameSufficesFromMs) this.#prove(this.#bindingToken);
  }

  #prove(bindingToken: string): void {
    if (this.#bindingToken !== null && this.#init.confirm(bindingToken)) this.#bindingToken = null;
  }
}
