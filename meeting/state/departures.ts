import type { ActorContext, Protocol } from "../../shared/actor/mod.ts";

export interface DeparturesInit {
  readonly context: Pick<ActorContext<Protocol>, "after">;
  /** How long after the loss of a connection the participant's media is paused. */
  readonly hushMs: number;
  /** How long a lost connection may be resumed. */
  readonly awayMs: number;
  readonly onHushed: (participantId: string) => void;
  readonly onDeparted: (participantId: string) => void;
}

/**
 * The timers of participants who are away. What a participant sends is paused after a while: who believes to be gone is
 * not heard. A participant who is not back in time has left. Part of the meeting's state.
 */
export class Departures {
  readonly #init: DeparturesInit;
  readonly #cancel = new Map<string, () => void>();

  constructor(init: DeparturesInit) {
    this.#init = init;
  }

  expectBack(participantId: string): void {
    const { context, hushMs, awayMs, onHushed, onDeparted } = this.#init;
    const cancelHush = context.after(hushMs, () => onHushed(participantId));
    const cancel = context.after(awayMs, () => {
      cancelHush();
      this.#cancel.delete(participantId);
      onDeparted(participantId);
    });
    this.#cancel.set(participantId, () => {
      cancelHush();
      cancel();
    });
  }

  /** Cancels a participant's timers: they are back, or have left. Answers whether they were away. */
  settle(participantId: string): boolean {
    this.#cancel.get(participantId)?.();
    return this.#cancel.delete(participantId);
  }
}
