import type { ActorRef } from "../../shared/actor/mod.ts";
import type { LiveStore } from "../../shared/store/live/mod.ts";
import type { ShardMetrics } from "../metrics.ts";
import type { Upstream } from "../platform/upstream.ts";
import type { HandlerLinks } from "../routing/handler_links_protocol.ts";
import type { MeetingAudit } from "./meeting_audit.ts";
import type { SeatLimits } from "./seats.ts";

export interface MeetingLimits {
  /** How long after the loss of a connection the participant's media is paused. */
  readonly hushMs: number;
  /** How long a lost connection may be resumed. */
  readonly awayMs: number;
  /** How long an empty meeting is kept. */
  readonly idleMs: number;
  /** Pause between two writes of the meeting's state. */
  readonly snapshotPauseMs: number;
  /** How many microphones everybody hears at most. */
  readonly audible: number;
  readonly seats: SeatLimits;
}

export interface MeetingStateInit {
  readonly meetingId: string;
  readonly place: { readonly controller_id: string; readonly instance_id: string; readonly shard: string };
  readonly live: Pick<LiveStore, "leases" | "snapshots" | "revocations">;
  readonly upstream: ActorRef<typeof Upstream>;
  readonly audit: ActorRef<typeof MeetingAudit>;
  readonly links: ActorRef<typeof HandlerLinks>;
  readonly limits: MeetingLimits;
  readonly metrics: ShardMetrics;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}
