import * as z from "zod";
import { rtpCapabilities } from "../rtp.ts";
import { count, httpUrl, id, webSocketUrl } from "../text.ts";
import { auditAddress } from "./audit.ts";

/** Where a meeting can be handed to: one listener, that of one shard. */
export const shardEndpoint = z.strictObject({
  shard: id,
  /** What browsers open. */
  signaling_url: webSocketUrl,
  /** What GC adds the paths of its requests to, inside the deployment. */
  internal_url: httpUrl,
  /** What GC gets to see whether the shard itself listens: any answer is a sign of life. `internal_url/health` if absent. */
  probe_url: httpUrl.exactOptional(),
});

const registrationBase = {
  id,
  /** New at each start of the process; a new one releases what the old instance held. */
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
    /** Where meeting controllers open their link. */
    link_url: webSocketUrl,
  }),
  capacity: z.strictObject({ workers: count, transports: count }),
  /** What its routers can do, the same for all; tickets hand it to clients. */
  rtp_capabilities: rtpCapabilities,
});

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
  load: z.strictObject({ transports: count, producers: count, consumers: count }),
});

/** `key_ids`: the keys that tokens are verified by, so that a revoked one is soon known to everybody. */
export const heartbeatAnswer = z.object({
  state: instanceState,
  key_ids: z.array(z.string()).exactOptional(),
});

/**
 * What MC's control port answers to `GET /api/v1/internal/shards/{shard}`: whether the supervisor of that shard holds it
 * for alive, however slow it is, and of which instance it speaks.
 */
export const shardLiveness = z.object({ alive: z.boolean(), instance_id: id.exactOptional() });

/** MC asks GC for a fresh meeting token for somebody who is in the meeting. */
export const meetingTokenRequest = z.strictObject({ sub: id });

/** MC has GC mark a meeting as ended: by whom, if it was a participant. */
export const endMeetingRequest = z.strictObject({
  by: z.strictObject({ sub: id, address: auditAddress }).exactOptional(),
});

export type ShardLiveness = z.infer<typeof shardLiveness>;
export type ShardEndpoint = z.infer<typeof shardEndpoint>;
export type ControllerRegistration = z.infer<typeof controllerRegistration>;
export type HandlerRegistration = z.infer<typeof handlerRegistration>;
export type RegistrationAnswer = z.infer<typeof registrationAnswer>;
export type ControllerHeartbeat = z.infer<typeof controllerHeartbeat>;
export type HandlerHeartbeat = z.infer<typeof handlerHeartbeat>;
export type HeartbeatAnswer = z.infer<typeof heartbeatAnswer>;
export type MeetingTokenRequest = z.infer<typeof meetingTokenRequest>;
