import * as z from "zod";

/** Every code that a refused signaling request can carry. */
export const signalingErrorCode = z.enum([
  "INVALID_REQUEST",
  "NOT_JOINED",
  "WAITING",
  "FORBIDDEN",
  "NOT_FOUND",
  "MEETING_FULL",
  "MEETING_LOCKED",
  "WAITING_ROOM_FULL",
  "HANDLER_UNAVAILABLE",
  "OVERLOADED",
  "UNAVAILABLE",
  "TIMEOUT",
  "RATE_LIMITED",
  "INTERNAL",
]);

export const signalingError = z.object({ code: signalingErrorCode, message: z.string() });

export type SignalingErrorCode = z.infer<typeof signalingErrorCode>;
export type SignalingError = z.infer<typeof signalingError>;
