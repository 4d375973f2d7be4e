import * as z from "zod";
import { meetingRole } from "../rest/auth.ts";
import { rtpCapabilities } from "../rtp.ts";
import { count, displayName, id, traceparent } from "../text.ts";
import {
  assignment,
  chatMessage,
  consumer,
  layout,
  mediaSource,
  participant,
  runningMeeting,
  transports,
} from "./entities.ts";

/** 32 random bytes in base64url, by which a resume proves that it is from the same client. */
export const bindingToken = z.string().min(16).max(256).regex(/^[A-Za-z0-9_-]+$/, "is not a binding token");

/** Whether the participant has a source paused now. */
export const sourceState = z.strictObject({ source: mediaSource, paused: z.boolean() });

const resume = z.strictObject({
  correlation_id: id,
  binding_token: bindingToken,
  /** The client still has its transports, and goes on with them if the media handler has them connected. */
  keep_media: z.boolean().exactOptional(),
  /** A source that is not named is paused; where the media is kept it stays as it was. */
  sources: z.array(sourceState).max(mediaSource.options.length).exactOptional(),
});

export const joinRequest = z.strictObject({
  display_name: displayName.exactOptional(),
  /** Absent: signaling only, without transports. */
  rtp_capabilities: rtpCapabilities.exactOptional(),
  layout: layout.exactOptional(),
  /** The client's, random, the same at each try of one join: a try replaces the one before, whose answer was lost. */
  attempt_id: id.exactOptional(),
  /** The ticket's `traceparent`, if it has one. */
  traceparent: traceparent.exactOptional(),
  resume: resume.exactOptional(),
});

/** The meeting and the media in a join's answer; empty lists and no transports while the participant waits. */
const meetingState = {
  role: meetingRole,
  /** The revision of the meeting that this describes. */
  rev: count,
  meeting: runningMeeting,
  participants: z.array(participant),
  chat: z.array(chatMessage),
  transports: transports.exactOptional(),
  assignments: z.array(assignment),
  consumers: z.array(consumer),
  /** After a resume with `keep_media`: whether the client's transports go on. If so, there are none in the answer. */
  media_kept: z.boolean().exactOptional(),
  /**
   * The next producers of these sources are born paused: the participant may resume them. After a resume also those that
   * the client said are on, and that were silenced before it came back. Absent: none.
   */
  start_muted: z.array(mediaSource).exactOptional(),
  /** There are no transports yet: `media.moved` brings them. After `keep_media` it may be `media.kept` instead. */
  media_pending: z.boolean().exactOptional(),
};

export const joinAnswer = z.object({
  participant_id: id,
  correlation_id: id,
  binding_token: bindingToken,
  state: z.enum(["joined", "waiting"]),
  resumed: z.boolean(),
  /** The join holds, and is not stored: the loss of this controller would undo it. */
  durable: z.literal(false).exactOptional(),
  ...meetingState,
});

/** The notification of a client that a host admitted from the waiting room: the rest of its join's answer. */
export const admitted = z.object({ state: z.literal("joined"), ...meetingState });

export type SourceState = z.infer<typeof sourceState>;
export type JoinRequest = z.infer<typeof joinRequest>;
export type JoinAnswer = z.infer<typeof joinAnswer>;
export type Admitted = z.infer<typeof admitted>;
