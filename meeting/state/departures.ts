import type { ActorContext, Protocol } from "../../shared/actor/mod.ts";

export interface DeparturesInit {
  readonly context: Pick<ActorContext<Protocol>, "after">;
  /** How long a lost connection may be resumed. */
  readonly awayMs: number;
  readonly onDeparted: (participantId: string) => void;
}

/** The timers of participants who are away. A participant who is not back in time has left. Part of the meeting's state. */
export class Departures {
  readonly #init: DeparturesInit;
  readonly #cancel = new Map<string, () => void>();

  constructor(init: DeparturesInit) {
    this.#init = init;
  }

  expectBack(participantId: string): void {
    const { context, awayMs, onDeparted } = this.#init;
    const cancel = context.after(awayMs, () => {
      this.#cancel.delete(participantId);
      onDeparted(participantId);
    });
    this.#cancel.set(participantId, cancel);
  }

  /** Cancels a participant's timer: they are back, or have left. */
  settle(participantId: string): void {
    this.#cancel.get(participantId)?.();
    this.#cancel.delete(participantId);
  }
}
