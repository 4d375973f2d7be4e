import type { ActorContext, ActorRef } from "../../shared/actor/mod.ts";
import { MediaEvents } from "../../shared/protocol/media_link.ts";
import type { HandlerLink } from "./handler_link.ts";

/** What a media handler may say on its link, and no more; handed on to the link's owner, which knows the meetings. */
export class MediaEventsActor {
  static readonly protocol = MediaEvents;
  readonly #link: ActorRef<typeof HandlerLink>;

  constructor(
    init: { readonly link: ActorRef<typeof HandlerLink> },
    _context: ActorContext<typeof MediaEvents>,
  ) {
    this.#link = init.link;
  }

  meetingsLost({ meeting_ids, reason }: { meeting_ids: string[]; reason: string }): void {
    for (const meetingId of meeting_ids) {
      this.#link.tell("event", { meetingId, event: { kind: "lost", reason } });
    }
  }

  transportLost(lost: { meeting_id: string; participant_id: string; transport_id: string }): void {
    const event = { kind: "transport lost", participantId: lost.participant_id } as const;
    this.#link.tell("event", { meetingId: lost.meeting_id, event });
  }

  activeSpeaker({ meeting_id, participant_id }: { meeting_id: string; participant_id: string | null }): void {
    this.#link.tell("event", {
      meetingId: meeting_id,
      event: { kind: "speaker", participantId: participant_id },
    });
  }
}
