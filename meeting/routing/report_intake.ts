import type { ActorRef } from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import type { MediaReport } from "../../shared/protocol/media/control.ts";
import { notificationFrame } from "../../shared/protocol/mod.ts";
import type { ClientNotifier } from "./client_notifier.ts";
import type { MeetingMedia } from "./meeting_media.ts";
import type { MediaMeeting } from "./neighbours.ts";
import type { SlotFeed } from "./slot_feed.ts";

export interface ReportIntakeInit {
  readonly meetingId: string;
  readonly media: MeetingMedia;
  readonly slots: SlotFeed;
  readonly clients: ClientNotifier;
  readonly meeting: ActorRef<typeof MediaMeeting>;
  /** These participants' media is gone. */
  readonly onLost: (participantIds: readonly string[], reason: string) => void;
  /** What a participant sends has changed. */
  readonly onSources: (participantId: string) => Promise<void>;
}

/** Takes in what a handler reports of a meeting, one report after another. Part of the routing's state. */
export class ReportIntake {
  readonly #init: ReportIntakeInit;
  readonly #log;
  /** The active speaker that was told last. */
  #speaker: string | null = null;

  constructor(init: ReportIntakeInit) {
    this.#init = init;
    this.#log = logger("media_routing").with({ meeting_id: init.meetingId });
  }

  async take(report: MediaReport): Promise<void> {
    const { media, clients } = this.#init;
    switch (report.report) {
      case "router.lost":
        return this.#init.onLost(media.loseRouter(report.router_id), report.reason);
      case "router.draining":
        return media.handlers.drain(report.router_id);
      case "producer.flowing": {
        const owner = media.producers.endReplaced(report.producer_id);
        return owner === undefined ? undefined : await this.#init.onSources(owner);
      }
      case "producer.ended": {
        const owner = media.producers.get(report.producer_id)?.participantId;
        if (owner === undefined) return;
        media.producers.remove([report.producer_id]);
        return await this.#init.onSources(owner);
      }
      case "speaker":
        media.takeSpeaker(report.router_id, report.participant_id);
        return void await this.noteSpeaker();
      case "layers":
        for (const { participant_id, producer_id, spatial_layer } of report.consumers) {
          media.noteLayer(participant_id, producer_id, spatial_layer);
        }
        return clients.tellChanges(report.consumers.map((one) => one.participant_id));
      case "levels":
        media.takeLevels(
          report.router_id,
          new Map(report.levels.map((one) => [one.participant_id, one.dbov])),
        );
        return void await this.noteSpeaker();
      case "excess": {
        const { participant_id, bitrate_bps, allowed_bps, closed } = report;
        const frame = notificationFrame("media.excess", { bitrate_bps, allowed_bps, closed });
        return clients.tell(participant_id, [frame]);
      }
      case "quality": {
        const { participant_id: participantId, router_id, level } = report;
        // What is left of them on a router that they were moved from may end badly.
        if (media.routerOf(participantId) !== router_id) return;
        return this.#noteTold(this.#init.meeting.tell("quality", { participantId, level }));
      }
      case "transport.ended":
      case "transport.path": {
        const { participant_id, transport_id } = report;
        const what = report.report === "transport.ended" ? report.reason : report.ice;
        this.#log.info("a participant's transport changed", { participant_id, transport_id, what });
      }
    }
  }

  /** Tells who speaks now, where it is somebody else than was told last. Answers whether it is. */
  async noteSpeaker(): Promise<boolean> {
    const { media, meeting, slots } = this.#init;
    const { speaker } = media;
    if (speaker === this.#speaker) return false;
    this.#speaker = speaker;
    this.#noteTold(meeting.tell("speaker", { participantId: speaker }));
    if (speaker !== null) await slots.hear(speaker);
    return true;
  }

  /** A meeting whose mailbox is full misses a change; clients read the roster anew when they resume. */
  #noteTold(outcome: string): void {
    if (outcome === "overloaded") this.#log.error("the meeting's mailbox is full", {});
  }
}
