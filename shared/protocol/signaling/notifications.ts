import * as z from "zod";
import { count, id, limits, time, webSocketUrl } from "../text.ts";
import {
  assignment,
  chatMessage,
  consumer,
  mediaSource,
  participant,
  runningMeeting,
  transports,
} from "./entities.ts";
import { admitted, bindingToken } from "./join.ts";

/** The meeting's revision after the change, on what every joined participant is told. It rises by one. */
const revision = { rev: count.exactOptional() };

const consumerChange = z.object({
  consumer_id: id,
  paused: z.boolean().exactOptional(),
  layers: z.object({ spatial: count, temporal: count.exactOptional() }).nullable().exactOptional(),
  /** mediasoup's score of the stream, 0 to 10. */
  score: z.number().min(0).max(10).exactOptional(),
});

/** Why a meeting ends by itself. */
const endingReason = z.enum(["max_duration", "no_host"]);

/** The notifications of a server to a client. */
export const notifications = {
  "participant.joined": z.object({ ...revision, participant }),
  "participant.updated": z.object({ ...revision, participant }),
  "participant.left": z.object({
    ...revision,
    participant_id: id,
    reason: z.enum(["left", "lost", "removed", "ended"]),
  }),
  "participant.waiting": z.object({ participant }),
  /** A participant is no longer in the waiting room. */
  "waiting.left": z.object({ participant_id: id }),
  "admitted": admitted,
  "layout.assigned": z.object({ assignments: z.array(assignment) }),
  "media.consumers": z.object({
    added: z.array(consumer),
    removed: z.array(id),
    changed: z.array(consumerChange),
  }),
  /** We send more than our share, in bits per second. `closed`: what we sent is closed, and may be started again. */
  "media.excess": z.object({ bitrate_bps: count, allowed_bps: count, closed: z.boolean() }),
  /** The highest layer that anybody wants of one's own producer, 0 being the smallest; null: nobody watches. */
  "media.demand": z.object({ producer_id: id, max_layer: count.nullable() }),
  /** After `media_pending`, to a client that keeps its media: its transports go on, with these consumers. */
  "media.kept": z.object({ consumers: z.array(consumer) }),
  "media.moved": z.object({ reason: z.string(), transports, consumers: z.array(consumer) }),
  /** To the participant alone; the others see their sources change. */
  "moderation.muted": z.object({
    participant_id: id,
    source: mediaSource,
    muted: z.boolean(),
    by: id,
    /** Whether the participant may resume the source. */
    may_unmute: z.boolean(),
  }),
  "moderation.unmute_asked": z.object({ source: mediaSource, by: id }),
  "speaker.active": z.object({ participant_id: id.nullable() }),
  /** With a revision where it is to all. */
  "chat.message": z.object({ ...revision, ...chatMessage.shape }),
  "reaction": z.object({ ...revision, participant_id: id, reaction: z.string() }),
  "quality": z.object({ participant_id: id, level: z.enum(["good", "fair", "poor"]) }),
  "session.bound": z.object({
    binding_token: bindingToken,
    token: z.string().max(limits.tokenCharacters).exactOptional(),
    expires_in: count.exactOptional(),
  }),
  "session.migrate": z.object({ signaling_url: webSocketUrl }),
  "meeting.updated": z.object({ ...revision, meeting: runningMeeting }),
  /** The meeting is going to end by itself, and when; null: it is not, after all. */
  "meeting.ending": z.object({ reason: endingReason, at: time.nullable() }),
  "meeting.ended": z.object({ ...revision, reason: z.string() }),
} as const;

export type EndingReason = z.infer<typeof endingReason>;
export type NotificationType = keyof typeof notifications;
export type NotificationData<T extends NotificationType> = z.infer<(typeof notifications)[T]>;

/** One notification, narrowed by its `type`. */
export type Notification = {
  [T in NotificationType]: { type: T; data: NotificationData<T> };
}[NotificationType];

export type ConsumerChange = z.infer<typeof consumerChange>;

export function isNotificationType(type: string): type is NotificationType {
  return Object.hasOwn(notifications, type);
}
