import type { ActorRef } from "../../shared/actor/mod.ts";
import type { LiveStore } from "../../shared/store/live/mod.ts";
import type { ShardMetrics } from "../metrics.ts";
import type { ConnectionLimits } from "../signaling/connection.ts";
import type { MeetingController } from "../shard/meeting_controller.ts";
import type { MeetingAudit } from "./meeting_audit.ts";
import type { Upstream } from "../shard/upstream.ts";

export interface MeetingLimits {
  /** How long a lost connection may be resumed. */
  readonly awayMs: number;
  /** How long an empty meeting is kept. */
  readonly idleMs: number;
  /** Changes are gathered this long before they are stored. */
  readonly snapshotMs: number;
}

export interface MeetingStateInit {
  readonly meetingId: string;
  readonly place: { readonly controller_id: string; readonly instance_id: string; readonly shard: string };
  readonly live: Pick<LiveStore, "leases" | "snapshots">;
  readonly upstream: ActorRef<typeof Upstream>;
  readonly audit: ActorRef<typeof MeetingAudit>;
  readonly controller: ActorRef<typeof MeetingController>;
  readonly limits: MeetingLimits;
  readonly connectionLimits: ConnectionLimits;
  readonly metrics: ShardMetrics;
}
