import { z } from "zod";
import { type ActorRef, ask, local, nothing, protocol, tell } from "../../shared/actor/mod.ts";
import { type MediaEvents, RoutingTable } from "../../shared/protocol/media_link.ts";
import type { Load } from "../telemetry/load.ts";
import type { Inventory } from "./inventory.ts";
import type { SfuWorker } from "../workers/sfu_worker.ts";

/** Something that happened in a meeting by itself. */
export type MeetingEvent =
  | { readonly type: "transportLost"; readonly participant_id: string; readonly transport_id: string }
  | { readonly type: "activeSpeaker"; readonly participant_id: string | null };

const fence = z.object({ meeting_id: z.string(), generation: z.int() });

/** What the routing table understands: the link's protocol, and what is said inside the handler. */
export const RoutingTableMessages = protocol({
  ...RoutingTable,
  /** A link is up; `events` is its other side's actor for events. */
  linkUp: tell(local<{ readonly link: string; readonly events: ActorRef<typeof MediaEvents> }>()),
  linkDown: tell(z.object({ link: z.string() })),
  /** From now on the meeting's events go to this link. */
  claim: tell(fence.extend({ link: z.string() })),
  workerRunning: tell(local<{ readonly index: number; readonly worker: ActorRef<typeof SfuWorker> }>()),
  workerLost: tell(z.object({ index: z.int(), reason: z.string() })),
  /** From a meeting's router: how much it has now. */
  counted: tell(local<{ readonly meeting_id: string; readonly router: string; readonly load: Load }>()),
  /** From a meeting's router, for the link that opened the meeting. */
  report: tell(
    local<{ readonly meeting_id: string; readonly router: string; readonly event: MeetingEvent }>(),
  ),
  /** A meeting's router has come to its end. */
  routerEnded: tell(z.object({ meeting_id: z.string(), router: z.string(), reason: z.string() })),
  status: ask(nothing, local<{ readonly workers: number; readonly meetings: number; readonly load: Load }>()),
  /** Every live mediasoup object, by meeting, for statistics alone. */
  inventories: ask(nothing, local<readonly Inventory[]>()),
});

export type RoutingTableProtocol = typeof RoutingTableMessages;

/** Codes with which the link's protocol refuses. */
export type RoutingRefusal = "stale_generation" | "not_found" | "rejected" | "unavailable";
