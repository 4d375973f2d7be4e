import type { ActorContext, Protocol } from "../../shared/actor/mod.ts";
import type { Meeting } from "./meeting.ts";

export interface IdleWatchInit {
  readonly context: Pick<ActorContext<Protocol>, "after">;
  readonly meeting: Meeting;
  /** How long an empty meeting goes on. */
  readonly idleMs: number;
  readonly onIdle: () => void;
}

/** Notices that nobody has been in a meeting for a while. Part of the meeting's state. */
export class IdleWatch {
  readonly #init: IdleWatchInit;
  #cancel = () => {};

  constructor(init: IdleWatchInit) {
    this.#init = init;
  }

  /** After somebody came, and after the last one left. */
  look(): void {
    const { context, meeting, idleMs, onIdle } = this.#init;
    this.#cancel();
    if (meeting.attendees.size > 0) return;
    this.#cancel = context.after(idleMs, () => {
      if (meeting.attendees.size === 0) onIdle();
    });
  }
}
