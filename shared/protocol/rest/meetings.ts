import * as z from "zod";
import { rtpCapabilities } from "../rtp.ts";
import { count, displayName, httpUrl, id, limits, time, traceparent, webSocketUrl } from "../text.ts";
import { listOf } from "./lists.ts";
import { meetingSettings, settingsChange } from "./meeting_settings.ts";

/** The code that follows `/m/` in a meeting's URL. */
export const meetingCode = z.string().min(1).max(limits.idCharacters).regex(
  /^[A-Za-z0-9_-]+$/,
  "is not a meeting code",
);

const maxParticipants = z.int("is not a whole number").min(1, "is less than 1")
  .max(1_000, "is more than 1000");

const meetingStatus = z.enum(["scheduled", "live", "ended"]);

export const meeting = z.object({
  meeting_id: id,
  code: meetingCode,
  join_url: httpUrl,
  display_name: displayName,
  max_participants: maxParticipants,
  settings: meetingSettings,
  status: meetingStatus,
  created_at: time,
  ended_at: time.exactOptional(),
});

/** A meeting that takes guests, as whoever has its link may know it before they come in. */
export const guestMeeting = meeting.pick({ code: true, display_name: true, status: true }).extend({
  allow_guests: z.literal(true),
  on_join: meetingSettings.shape.on_join.exactOptional(),
});

export const meetingList = listOf(meeting);

export const createMeetingBody = z.strictObject({
  display_name: displayName,
  max_participants: maxParticipants.exactOptional(),
  settings: settingsChange.exactOptional(),
});

export const patchMeetingBody = z.strictObject({
  display_name: displayName.exactOptional(),
  max_participants: maxParticipants.exactOptional(),
  settings: settingsChange.exactOptional(),
});

export const emptyBody = z.strictObject({});

export const guestTokenBody = z.strictObject({ display_name: displayName });

const iceServer = z.object({
  urls: z.union([z.string(), z.array(z.string())]),
  username: z.string().exactOptional(),
  credential: z.string().exactOptional(),
});

/** A ticket: the meeting token, and the signaling URL of the shard that runs the meeting. */
export const ticket = z.object({
  token: z.string().min(1).max(limits.tokenCharacters),
  /** Seconds until the token expires. */
  expires_in: count,
  meeting_id: id,
  signaling_url: webSocketUrl,
  rtp_capabilities: rtpCapabilities,
  ice_servers: z.array(iceServer),
  /** How long the credentials in `ice_servers` are good, in seconds; absent where there are none. */
  ice_expires_in: z.int().min(1).exactOptional(),
  /** Set where the deployment traces. The client sends it with the join, so that both are one trace. */
  traceparent: traceparent.exactOptional(),
});

export type Meeting = z.infer<typeof meeting>;
export type GuestMeeting = z.infer<typeof guestMeeting>;
export type MeetingStatus = z.infer<typeof meetingStatus>;
export type MeetingList = z.infer<typeof meetingList>;
export type CreateMeetingBody = z.infer<typeof createMeetingBody>;
export type PatchMeetingBody = z.infer<typeof patchMeetingBody>;
export type IceServer = z.infer<typeof iceServer>;
export type Ticket = z.infer<typeof ticket>;
