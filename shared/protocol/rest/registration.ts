import * as z from "zod";
import { rtpCapabilities } from "../rtp.ts";
import { count, httpUrl, id, webSocketUrl } from "../text.ts";
import { auditAddress } from "./audit.ts";

/** One shard of a controller, with its URLs. */
const shardEndpoint = z.strictObject({
  shard: id,
  /** The URL that browsers open. */
  signaling_url: webSocketUrl,
  /** The URL inside the deployment below which GC finds the shard's routes. */
  internal_url: httpUrl,
  /** The URL by which GC probes the shard itself: any answer is a sign of life. `internal_url/health` if absent. */
  probe_url: httpUrl.exactOptional(),
});

const registrationBase = {
  id,
  /** New at each start of the process. A new one frees the meetings of the old instance. */
  instance_id: id,
  region: z.string().max(64),
  zone: z.string().max(64),
};

export const controllerRegistration = z.strictObject({
  ...registrationBase,
  endpoints: z.strictObject({
    control_url: httpUrl,
    shards: z.array(shardEndpoint).min(1).max(256),
  }),
  capacity: z.strictObject({ meetings: count, participants: count }),
});

export const handlerRegistration = z.strictObject({
  ...registrationBase,
  endpoints: z.strictObject({
    control_url: httpUrl,
    /** The URL at which meeting controllers open their link. */
    link_url: webSocketUrl,
  }),
  /** `cpu_percent`: the load of an SFU worker, in percent of a core, from which on it takes nobody new. */
  capacity: z.strictObject({ workers: count, transports: count, cpu_percent: count.exactOptional() }),
  /** The RTP capabilities of its routers, the same for all. Tickets hand them to clients. */
  rtp_capabilities: rtpCapabilities,
});

/** A late goodbye names its instance, so as not to remove a successor of the same id. */
export const goodbyeQuery = z.strictObject({ instance_id: id.optional() });

export const registrationAnswer = z.object({
  id,
  instance_id: id,
  heartbeat_interval_ms: z.int().min(1),
  /** Silence of this length means gone. */
  timeout_ms: z.int().min(1),
});

const instanceState = z.enum(["ready", "draining"]);

export const controllerHeartbeat = z.strictObject({
  instance_id: id,
  state: instanceState,
  load: z.strictObject({ meetings: count, participants: count }),
});

export const handlerHeartbeat = z.strictObject({
  instance_id: id,
  state: instanceState,
  /** `cpu_percent`: the mean load of the SFU workers, or the capacity's once all of them are full. */
  load: z.strictObject({
    transports: count,
    producers: count,
    consumers: count,
    cpu_percent: count.exactOptional(),
  }),
});

/** `key_ids`: the ids of AC's current keys, so that all services soon know of a revoked one. */
export const heartbeatAnswer = z.object({
  state: instanceState,
  key_ids: z.array(z.string()).exactOptional(),
});

/**
 * The answer of MC's control port to `GET /api/v1/internal/shards/{shard}`: whether the shard is alive by its supervisor's
 * word, however slow it is, and the instance of the controller.
 */
export const shardLiveness = z.object({ alive: z.boolean(), instance_id: id.exactOptional() });

/** MC's answer to GC's question whether it takes a meeting. */
export const meetingOfferAnswer = z.object({
  accepted: z.boolean(),
  reason: z.enum(["at_capacity", "draining", "store_away"]).exactOptional(),
});

/** MC's request to GC for a fresh meeting token of a participant. */
export const meetingTokenRequest = z.strictObject({ sub: id });

/**
 * MC's request to GC to mark a meeting as ended. `by` is the participant who ended it. With its lease's `generation` it is
 * refused where the meeting was placed or opened anew since.
 */
export const endMeetingRequest = z.strictObject({
  generation: z.int().exactOptional(),
  by: z.strictObject({ sub: id, address: auditAddress }).exactOptional(),
});

/**
 * MC's request to GC to give a meeting another media handler. With its lease's `generation` it is refused where the meeting
 * was placed or opened anew since.
 */
export const addHandlerRequest = z.strictObject({ generation: z.int().exactOptional() });

/** MC's request to GC to keep a removal: tokens of `sub` issued up to `at_ms` are refused, and all with `banned`. */
export const removalRequest = z.strictObject({ sub: id, banned: z.boolean(), at_ms: z.int().min(0) });

export type MeetingOfferAnswer = z.infer<typeof meetingOfferAnswer>;
export type ShardEndpoint = z.infer<typeof shardEndpoint>;
export type ControllerRegistration = z.infer<typeof controllerRegistration>;
export type HandlerRegistration = z.infer<typeof handlerRegistration>;
export type RegistrationAnswer = z.infer<typeof registrationAnswer>;
export type HandlerHeartbeat = z.infer<typeof handlerHeartbeat>;
export type HeartbeatAnswer = z.infer<typeof heartbeatAnswer>;

/** The place of a meeting that was given to another controller. */
export const handedOver = z.object({ signaling_url: webSocketUrl });

/** The handlers of a running meeting, the preferred one first. */
export const meetingHandlers = z.object({
  handlers: z.array(z.object({ id, link_url: z.string(), region: z.string().exactOptional() })),
});

/** The shard that has handed a meeting over, and goes on with it since nobody has opened it. */
export const takeBackRequest = z.strictObject({ controller_id: id, instance_id: id, shard: id });

export type HandedOver = z.infer<typeof handedOver>;
export type MeetingHandlers = z.infer<typeof meetingHandlers>;
