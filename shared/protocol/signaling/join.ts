import * as z from "zod";
import { meetingRole } from "../rest/auth.ts";
import { meeting } from "../rest/meetings.ts";
import { rtpCapabilities } from "../rtp.ts";
import { count, displayName, id, traceparent } from "../text.ts";
import { assignment, chatMessage, consumer, layout, participant, transports } from "./entities.ts";

/** 32 random bytes in base64url: proves at a resume that it is the same client. */
export const bindingToken = z.string().min(16).max(256).regex(/^[A-Za-z0-9_-]+$/, "is not a binding token");

export const joinRequest = z.strictObject({
  display_name: displayName.exactOptional(),
  /** Left out: signaling only, no transports. */
  rtp_capabilities: rtpCapabilities.exactOptional(),
  layout: layout.exactOptional(),
  /** The ticket's, if it has one. */
  traceparent: traceparent.exactOptional(),
  resume: z.strictObject({ correlation_id: id, binding_token: bindingToken }).exactOptional(),
});

/** What somebody who is in the meeting needs; empty lists and no transports while they wait. */
const meetingState = {
  role: meetingRole,
  /** The revision of the meeting that this describes. */
  rev: count,
  meeting,
  participants: z.array(participant),
  chat: z.array(chatMessage),
  transports: transports.exactOptional(),
  assignments: z.array(assignment),
  consumers: z.array(consumer),
};

export const joinAnswer = z.object({
  participant_id: id,
  correlation_id: id,
  binding_token: bindingToken,
  state: z.enum(["joined", "waiting"]),
  resumed: z.boolean(),
  ...meetingState,
});

/** Sent when a host lets somebody in from the waiting room: the rest of their join answer. */
export const admitted = z.object({ state: z.literal("joined"), ...meetingState });

export type JoinRequest = z.infer<typeof joinRequest>;
export type JoinAnswer = z.infer<typeof joinAnswer>;
export type Admitted = z.infer<typeof admitted>;
