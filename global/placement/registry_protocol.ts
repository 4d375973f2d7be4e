import { z } from "zod";
import { ask, protocol } from "../../shared/actor/mod.ts";
import {
  addHandlerRequest,
  controllerRegistration,
  handlerRegistration,
  heartbeatAnswer,
  id,
  meetingHandlers,
  registrationAnswer,
  rtpCapabilities,
} from "../../shared/protocol/mod.ts";
import { lease, type LiveStore, type MeetingFacts } from "../../shared/store/live/mod.ts";
import type { Locality } from "./locality.ts";
import type { RaisedTerm } from "./raise_term.ts";

const counts = z.object({
  ready: z.int(),
  degraded: z.int(),
  draining: z.int(),
  silent: z.int(),
  gone: z.int(),
});
const kind = z.enum(["controller", "handler"]);
/** The client whose token came with the message. */
const owner = id;
const instance = z.object({ kind, id, owner });

/** The shard that has a meeting's lease. */
const leaseHolder = z.object({
  lease,
  /** The client that registered the lease's controller. */
  owner,
  /** Where the shard takes requests, inside the deployment. */
  internal_url: z.string(),
});

/** Where a meeting is, with what it takes to join it. */
export const placement = leaseHolder.extend({
  /** What browsers open. */
  signaling_url: z.string(),
  /** Where the shard itself listens. */
  probe_url: z.string(),
  /** Its controller's control port. */
  control_url: z.string(),
  rtp_capabilities: rtpCapabilities,
});

/** One shard of one controller's instance. */
const shardKey = z.object({ controller_id: id, instance_id: id, shard: id });

const placing = ["no_controller", "no_handler", "ended", "unavailable"] as const;
const own = ["owned_by_another", "unknown", "unavailable"] as const;

/** What GC knows of meeting controllers and media handlers, and which meeting it gives to whom. */
export const MeetingControllerRegistry = protocol({
  /** `replaced`: another instance of this id has registered since this one did. */
  registerController: ask(z.object({ owner, registration: controllerRegistration }), registrationAnswer, [
    "owned_by_another",
    "replaced",
    "unavailable",
  ]),
  registerHandler: ask(z.object({ owner, registration: handlerRegistration }), registrationAnswer, [
    "owned_by_another",
    "replaced",
    "unavailable",
  ]),
  heartbeat: ask(
    instance.extend({
      instance_id: id,
      state: z.enum(["ready", "draining"]),
      /** What it has now, by the names of its capacity. */
      used: z.record(z.string(), z.number()),
    }),
    heartbeatAnswer,
    own,
  ),
  drain: ask(instance, z.void(), own),
  /** With an `instance_id` only that instance goes. */
  unregister: ask(instance.extend({ instance_id: id.optional() }), z.void(), own),

  /** Where a meeting is; it is placed if it isn't anywhere, or where nobody is any more. */
  place: ask(z.object({ meeting_id: id }), placement, placing),
  /**
   * The shard that runs a meeting, or is to; `null` where none does. A controller that is silent may run it all the same.
   * `unavailable` also while a controller may still write back a lease that the live store has lost.
   */
  locate: ask(z.object({ meeting_id: id }), leaseHolder.nullable(), ["unavailable"]),
  /** Where a shard listens, if its controller's instance is still there. */
  shard: ask(
    z.object({ shard: shardKey }),
    z.object({ internal_url: z.string() }).nullable(),
    ["unavailable"],
  ),
  /** Places a meeting on none of these shards, unless somebody placed it since `generation`. */
  move: ask(
    z.object({ meeting_id: id, generation: z.int(), not: z.array(shardKey) }),
    placement,
    [...placing, "changed"],
  ),
  /** Places a meeting on another controller than the one that has it, which drains. */
  handOver: ask(z.object({ meeting_id: id }), placement, [...placing, "changed"]),
  /**
   * Places a meeting on a shard of `owner` that has handed it over, whatever that shard's controller is about to do.
   * `changed`: somebody has opened the meeting meanwhile.
   */
  takeBack: ask(z.object({ meeting_id: id, owner, shard: shardKey }), z.void(), [
    "changed",
    "owned_by_another",
    "ended",
    "unavailable",
  ]),
  /**
   * Gives a running meeting another handler behind those that it has. `changed`: it was placed or opened anew meanwhile, or
   * since `generation`.
   */
  addHandler: ask(
    addHandlerRequest.extend({ meeting_id: id }),
    meetingHandlers,
    ["no_handler", "changed", "unavailable"],
  ),
  /** Which of these meetings somebody runs. */
  live: ask(z.object({ meeting_ids: z.array(id) }), z.array(id), ["unavailable"]),
  /** How many of each kind are there, by state. */
  census: ask(
    z.void(),
    z.object({
      controllers: counts,
      handlers: counts,
    }),
    ["unavailable"],
  ),
});

/** A meeting's facts in the durable store. */
export type StoredFacts = MeetingFacts | "ended" | "unavailable";

/** A meeting that a shard is to take, or has been given. */
export interface Offer {
  readonly meetingId: string;
  readonly internalUrl: string;
}

export interface RegistryInit {
  /** Asks a shard's controller whether it takes a meeting; no answer within the time is a refusal. Never rejects. */
  readonly offer: (offer: Offer, timeoutMs: number) => Promise<"accepted" | "refused">;
  /** A fresh term of a meeting from the durable store, for one assignment. */
  readonly raiseTerm: (meetingId: string) => Promise<RaisedTerm>;
  /** A meeting's facts as they are at this moment. */
  readonly storedFacts: (meetingId: string) => Promise<StoredFacts>;
  /** Tells a shard, which may have opened the meeting, that its facts have changed. Never rejects. */
  readonly tellFacts: (shard: Offer, facts: MeetingFacts) => Promise<void>;
  readonly live: Pick<LiveStore, "registrations" | "leases">;
  /** Where this GC runs: what is near is chosen first. */
  readonly locality: Locality;
  readonly heartbeatIntervalMs: number;
  /** Silence of this length means gone. */
  readonly heartbeatTimeoutMs: number;
  /** Milliseconds since the Unix epoch, the same for all processes that share the live store. */
  readonly now: () => number;
}

export type LeaseHolder = z.infer<typeof leaseHolder>;
export type Placement = z.infer<typeof placement>;
export type ShardKey = z.infer<typeof shardKey>;
