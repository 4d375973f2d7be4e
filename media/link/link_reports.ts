import { type ActorContext, type ActorRef, type Body } from "../../shared/actor/mod.ts";
import { MediaReports } from "../../shared/protocol/media/control.ts";
import { type Count, countFor } from "../telemetry/count_for.ts";
import type { Telemetry } from "../telemetry/telemetry_messages.ts";

export interface LinkReportsInit {
  /** The other side's actor for reports. */
  readonly remote: ActorRef<typeof MediaReports>;
  readonly telemetry: ActorRef<typeof Telemetry>;
}

/**
 * Sends one link's reports in order. Each report waits for room on the link. The mailbox bounds the number of reports
 * that wait.
 */
export class LinkReportsActor {
  static readonly protocol = MediaReports;
  readonly #remote: ActorRef<typeof MediaReports>;
  readonly #countDropped: Count;

  constructor({ remote, telemetry }: LinkReportsInit, _context: ActorContext<typeof MediaReports>) {
    this.#remote = remote;
    this.#countDropped = countFor(telemetry, "reportsDropped");
  }

  async report(body: Body<typeof MediaReports, "report">): Promise<void> {
    const outcome = await this.#remote.offer("report", body);
    this.#countDropped(outcome === "accepted" ? 0 : body.reports.length);
  }
}
