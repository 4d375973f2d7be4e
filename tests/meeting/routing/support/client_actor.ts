import type { ActorContext } from "../../../../shared/actor/mod.ts";
import { MediaClient } from "../../../../meeting/routing/neighbours.ts";
import type { ClientState } from "./client_state.ts";

/** A client's connection that hands on what it is told. */
export class ClientActor {
  static readonly protocol = MediaClient;
  readonly #state: ClientState;

  constructor(init: { state(): ClientState }, _context: ActorContext<typeof MediaClient>) {
    this.#state = init.state();
  }

  notify(frames: string[]): void {
    this.#state.told(frames);
  }
}
