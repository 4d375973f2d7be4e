import type { ActorRef } from "../../shared/actor/mod.ts";
import type { Lease } from "../../shared/store/live/mod.ts";
import type { LayoutManager } from "../layout/layout_manager.ts";
import type { ShardMetrics } from "../metrics.ts";
import type { Upstream } from "../platform/upstream.ts";
import type { HandlerLinks } from "./handler_links_protocol.ts";
import type { MediaMeeting } from "./neighbours.ts";

export interface MediaRoutingInit {
  readonly lease: Lease;
  /** The participants who were in the meeting before this controller had it: what they have on the handler stays. */
  readonly expected: readonly string[];
  /** Participants who were removed: what a handler still has of them is closed at once. */
  readonly departed: readonly string[];
  /** How many microphones everybody hears at most. */
  readonly audibleLimit: number;
  readonly layout: ActorRef<typeof LayoutManager>;
  readonly meeting: ActorRef<typeof MediaMeeting>;
  readonly links: ActorRef<typeof HandlerLinks>;
  readonly upstream: ActorRef<typeof Upstream>;
  readonly metrics: Pick<ShardMetrics, "mediaRepairs" | "reconciliations">;
}
