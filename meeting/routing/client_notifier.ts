import type { ActorRef } from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import { notificationFrame } from "../../shared/protocol/mod.ts";
import { AssignedFrames } from "./assigned_frames.ts";
import type { DemandNotice } from "./take_demands.ts";
import type { MeetingMedia } from "./meeting_media.ts";
import type { MediaClient, MediaMeeting } from "./neighbours.ts";

interface Client {
  readonly ref: ActorRef<typeof MediaClient>;
  readonly assigned: AssignedFrames;
}

/** Tells clients the changes of their media. Part of the routing's state. */
export class ClientNotifier {
  readonly #media: MeetingMedia;
  readonly #meeting: ActorRef<typeof MediaMeeting>;
  readonly #clients = new Map<string, Client>();

  constructor(media: MeetingMedia, meeting: ActorRef<typeof MediaMeeting>) {
    this.#media = media;
    this.#meeting = meeting;
  }

  enter(participantId: string, ref: ActorRef<typeof MediaClient>): void {
    this.#clients.set(participantId, { ref, assigned: new AssignedFrames() });
  }

  leave(participantId: string): void {
    this.#clients.delete(participantId);
  }

  /** Tells each of these participants that has transports the changes since they were told last. */
  tellChanges(participantIds: Iterable<string>): void {
    for (const participantId of new Set(participantIds)) {
      const client = this.#clients.get(participantId);
      if (client === undefined || !this.#media.isAttached(participantId)) continue;
      const { added, removed, changed, assignments } = this.#media.viewChange(participantId);
      const frames: string[] = [];
      if (added.length + removed.length + changed.length > 0) {
        frames.push(notificationFrame("media.consumers", { added, removed, changed }));
      }
      if (assignments !== null) frames.push(client.assigned.next(assignments));
      if (frames.length > 0) this.tell(participantId, frames);
    }
  }

  tellDemands(demands: readonly DemandNotice[]): void {
    for (const { participantId, producerId: producer_id, maxLayer: max_layer } of demands) {
      this.tell(participantId, [notificationFrame("media.demand", { producer_id, max_layer })]);
    }
  }

  tell(participantId: string, frames: string[]): void {
    const outcome = this.#clients.get(participantId)?.ref.tell("notify", frames);
    if (outcome === "stopped") this.#clients.delete(participantId);
    if (outcome !== "overloaded") return;
    if (this.#meeting.tell("overflowed", { participantId }) === "accepted") return;
    logger("media_routing").error("a client missed a notification", { participant_id: participantId });
  }
}
