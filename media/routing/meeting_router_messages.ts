import { z } from "zod";
import { type ActorRef, ask, local, nothing, protocol, tell } from "../../shared/actor/mod.ts";
import type { MediaInventory } from "../../shared/protocol/media/inventory.ts";
import type { StepOutcome } from "../../shared/protocol/media/steps.ts";
import type { LiveObjects } from "../telemetry/live_objects.ts";
import type { Telemetry } from "../telemetry/telemetry_messages.ts";
import type { SfuWorker } from "../workers/worker_messages.ts";
import type { RouterEvents } from "./router_events.ts";
import type { RouterStep } from "./steps/step_site.ts";

const ofTransport = { participant_id: z.string(), transport_id: z.string() };

export const MeetingRouter = protocol({
  /** Answered once there is a router. */
  ready: ask(nothing, nothing, ["unavailable"]),
  /** Takes steps; `room` is how many transports the handler takes yet. */
  apply: ask(
    local<{ readonly steps: readonly RouterStep[]; readonly room: number }>(),
    local<readonly StepOutcome[]>(),
  ),
  inventory: ask(nothing, local<MediaInventory["routers"][number]>(), ["unavailable"]),
  liveObjects: ask(nothing, local<LiveObjects>()),
  /** mediasoup says that a transport's DTLS failed, or was closed by the client. */
  dtlsEnded: tell(z.object({ ...ofTransport, reason: z.enum(["dtls_failed", "dtls_closed"]) })),
  /** mediasoup says what became of a transport's path. */
  iceChanged: tell(
    z.object({ ...ofTransport, ice: z.enum(["new", "connected", "completed", "disconnected"]) }),
  ),
  /** mediasoup says who is the loudest now. */
  spoke: tell(z.object({ producer_id: z.string().nullable() })),
});

export interface MeetingRouterLimits {
  /** Most producers of one participant. */
  readonly maxProducers: number;
  /** Most consumers of one participant. */
  readonly maxConsumers: number;
  /** How long replaced transports live. */
  readonly previousTransportsMs: number;
  /** How long a transport lives whose path was lost. */
  readonly iceLostMs: number;
}

export interface MeetingRouterInit extends MeetingRouterLimits {
  readonly meetingId: string;
  readonly routerId: string;
  readonly worker: ActorRef<typeof SfuWorker>;
  readonly table: ActorRef<typeof RouterEvents>;
  readonly telemetry: ActorRef<typeof Telemetry>;
}
