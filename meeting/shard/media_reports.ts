import type { ActorContext, ActorRef } from "../../shared/actor/mod.ts";
import { logUntold } from "../../shared/log/mod.ts";
import { type MediaReport, MediaReports } from "../../shared/protocol/media/control.ts";
import type { HandlerLink } from "../routing/handler_links_protocol.ts";

/** The only actor that a media handler can reach on its link. It hands reports to `HandlerLinkActor`. */
export class MediaReportsActor {
  static readonly protocol = MediaReports;
  readonly #link: ActorRef<typeof HandlerLink>;

  constructor(
    init: { readonly link: ActorRef<typeof HandlerLink> },
    _context: ActorContext<typeof MediaReports>,
  ) {
    this.#link = init.link;
  }

  async report({ meeting_id, reports }: { meeting_id: string; reports: MediaReport[] }): Promise<void> {
    // A report that is lost is seen in the meeting's next inventory.
    logUntold(await this.#link.offer("reported", { meetingId: meeting_id, reports }), "a media report");
  }
}
