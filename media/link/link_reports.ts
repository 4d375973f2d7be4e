import { type ActorContext, type ActorRef, type Body } from "../../shared/actor/mod.ts";
import { MediaReports } from "../../shared/protocol/media/control.ts";
import type { Telemetry } from "../telemetry/telemetry_messages.ts";

export interface LinkReportsInit {
  /** The other side's actor for reports. */
  readonly remote: ActorRef<typeof MediaReports>;
  readonly telemetry: ActorRef<typeof Telemetry>;
}

/**
 * The one stream of reports on a link. It waits for room on the link, so that reports keep their order; how many can
 * wait is bounded by its mailbox.
 */
export class LinkReportsActor {
  static readonly protocol = MediaReports;
  readonly #init: LinkReportsInit;
  /** Not counted yet. */
  #dropped = 0;

  constructor(init: LinkReportsInit, _context: ActorContext<typeof MediaReports>) {
    this.#init = init;
  }

  async report(body: Body<typeof MediaReports, "report">): Promise<void> {
    const { remote, telemetry } = this.#init;
    if (await remote.offer("report", body) === "accepted") return;
    this.#dropped += body.reports.length;
    if (telemetry.tell("reportsDropped", { count: this.#dropped }) === "accepted") this.#dropped = 0;
  }
}
