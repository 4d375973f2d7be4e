import type { ActorContext, Protocol } from "../../shared/actor/mod.ts";
import { updated } from "./commands/participant.ts";
import type { Conduct } from "./conduct.ts";
import { decision } from "./decision.ts";
import type { FanOut } from "./fan_out.ts";
import { type Meeting, seated } from "./meeting.ts";
import { isAnnounced } from "./participant.ts";

export interface UpdateNoticesInit {
  readonly context: Pick<ActorContext<Protocol>, "after" | "clock">;
  readonly meeting: Meeting;
  readonly conduct: Conduct;
  readonly fanOut: FanOut;
  readonly isOver: () => boolean;
}

/** In this time a person may cause the notices of one more change (`MOST_BY_CLICK`). */
const RETRY_MS = 200;

/**
 * Tells everybody how a participant is, after changes that are never refused: a lost connection, a resume, other sources.
 * Where their person has caused too many notices, it is told once they may again, as the participant is then. Part of the
 * meeting's state.
 */
export class UpdateNotices {
  readonly #init: UpdateNoticesInit;
  /** The participants of whom it will be told. */
  readonly #due = new Set<string>();

  constructor(init: UpdateNoticesInit) {
    this.#init = init;
  }

  tell(participantId: string): void {
    const { context, meeting, conduct, fanOut, isOver } = this.#init;
    const attendee = meeting.attendees.get(participantId);
    if (isOver() || this.#due.has(participantId) || attendee === undefined || !isAnnounced(attendee)) return;
    if (fanOut.take("change", attendee.sub, seated(meeting).length, context.clock.now())) {
      return void conduct.carryOut(decision({ notices: [updated(attendee)] }));
    }
    this.#due.add(participantId);
    context.after(RETRY_MS, () => {
      this.#due.delete(participantId);
      this.tell(participantId);
    });
  }
}
