import { z } from "zod";
import { type ActorRef, ask, local, nothing, protocol, tell } from "../../shared/actor/mod.ts";
import type { MediaInventory } from "../../shared/protocol/media/inventory.ts";
import type { StepOutcome } from "../../shared/protocol/media/steps.ts";
import type { LiveObjects } from "../telemetry/live_objects.ts";
import type { Observation } from "../telemetry/observe.ts";
import type { ProducerLevel } from "../telemetry/watch_speakers.ts";
import type { Telemetry } from "../telemetry/telemetry_messages.ts";
import type { SfuWorker } from "../workers/worker_messages.ts";
import type { PipeAddress } from "./pipe.ts";
import type { RouterEvents } from "./router_events.ts";
import type { RouterStep } from "./steps/step_site.ts";

const ofTransport = { participant_id: z.string(), transport_id: z.string() };

export const MeetingRouter = protocol({
  /** Answers once mediasoup has created the router. */
  ready: ask(nothing, nothing, ["unavailable"]),
  /** Takes steps. `room` is how many more transports the handler takes. A full SFU worker takes nobody new. */
  apply: ask(
    local<{ readonly steps: readonly RouterStep[]; readonly room: number; readonly isFull: boolean }>(),
    local<readonly StepOutcome[]>(),
  ),
  inventory: ask(nothing, local<MediaInventory["routers"][number]>(), ["unavailable"]),
  liveObjects: ask(nothing, local<LiveObjects>()),
  /**
   * A controller has opened the meeting. The one before may have got reports that this one has not, and a link that is lost
   * loses reports.
   */
  opened: tell(nothing),
  /** What a round of statistics has shown of this router. */
  observed: tell(local<Observation>()),
  /** The DTLS of a transport failed, or the client closed it. */
  dtlsEnded: tell(z.object({ ...ofTransport, reason: z.enum(["dtls_failed", "dtls_closed"]) })),
  /** A transport of the participant is connected, or the first packets of a producer came. */
  flowing: tell(z.object({ participant_id: z.string(), producer_id: z.string().nullable() })),
  /** The ICE state of a transport changed. */
  iceChanged: tell(
    z.object({ ...ofTransport, ice: z.enum(["new", "connected", "completed", "disconnected"]) }),
  ),
  /** The active speaker changed. `producer_id` is null for silence. */
  spoke: tell(z.object({ producer_id: z.string().nullable() })),
  /** mediasoup sends a consumer another layer, or null for none. */
  layerChanged: tell(
    z.object({ participant_id: z.string(), producer_id: z.string(), spatial_layer: z.number().nullable() }),
  ),
  /** How loud the loudest microphones are; an empty list for silence. */
  sounded: tell(local<{ readonly levels: readonly ProducerLevel[] }>()),
});

export interface MeetingRouterLimits {
  /** Where pipes to other routers listen. */
  readonly pipeAddress: PipeAddress;
  /** Most transports in a router; two a participant. */
  readonly maxRouterTransports: number;
  /** Most producers of one participant. */
  readonly maxProducers: number;
  /** Most consumers of one participant. */
  readonly maxConsumers: number;
  /** Lifetime of replaced transports. */
  readonly previousTransportsMs: number;
  /** Lifetime of a transport after its path was lost. */
  readonly iceLostMs: number;
}

export interface MeetingRouterInit extends MeetingRouterLimits {
  readonly meetingId: string;
  readonly routerId: string;
  readonly worker: ActorRef<typeof SfuWorker>;
  readonly table: ActorRef<typeof RouterEvents>;
  readonly telemetry: ActorRef<typeof Telemetry>;
}
