import type { ActorContext, Protocol } from "../../shared/actor/mod.ts";

export interface DeparturesInit {
  readonly context: Pick<ActorContext<Protocol>, "after">;
  /** How long after the loss of a connection the participant's media is paused. */
  readonly hushMs: number;
  /** How long a lost connection may be resumed. */
  readonly awayMs: number;
  readonly onHushed: (participantId: string) => void;
  /** `hasSaid`: the participant said that they step out, and didn't come back. */
  readonly onDeparted: (participantId: string, hasSaid: boolean) => void;
}

/**
 * The timers of participants who are away. What an away participant sends is paused after `hushMs`: somebody who thinks
 * that they are disconnected is not overheard. A participant who is not back in time has left. Part of the meeting's
 * state.
 */
export class Departures {
  readonly #init: DeparturesInit;
  readonly #cancel = new Map<string, () => void>();
  /** How long those who said that they step out want to be waited for. */
  readonly #announced = new Map<string, number>();

  constructor(init: DeparturesInit) {
    this.#init = init;
  }

  /** The participant is about to go, and to come back. What they send is paused as soon as they are gone. */
  announce(participantId: string, backWithinMs: number): void {
    this.#announced.set(participantId, backWithinMs);
  }

  expectBack(participantId: string): void {
    const { context, hushMs, awayMs, onHushed, onDeparted } = this.#init;
    const announcedMs = this.#announced.get(participantId);
    this.#announced.delete(participantId);
    const cancelHush = context.after(announcedMs === undefined ? hushMs : 0, () => onHushed(participantId));
    const cancel = context.after(Math.min(announcedMs ?? awayMs, awayMs), () => {
      cancelHush();
      this.#cancel.delete(participantId);
      onDeparted(participantId, announcedMs !== undefined);
    });
    this.#cancel.set(participantId, () => {
      cancelHush();
      cancel();
    });
  }

  /** Cancels a participant's timers: they are back, or have left. Answers whether they were away. */
  settle(participantId: string): boolean {
    this.#announced.delete(participantId);
    this.#cancel.get(participantId)?.();
    return this.#cancel.delete(participantId);
  }
}
