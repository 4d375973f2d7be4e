import * as z from "zod";
import { meetingRole, participantType } from "../rest/auth.ts";
import { permissions } from "../rest/meeting_settings.ts";
import { meeting } from "../rest/meetings.ts";
import {
  dtlsParameters,
  iceCandidate,
  iceParameters,
  type MediaKind,
  mediaKind,
  rtpParameters,
} from "../rtp.ts";
import { chatText, count, displayName, id, time } from "../text.ts";

export const mediaSource = z.enum(["microphone", "camera", "screen", "screen_audio"]);

export const participantSource = z.object({
  source: mediaSource,
  producer_id: id,
  /** By the participant's own choice. */
  paused: z.boolean(),
  muted_by_host: z.boolean(),
});

export const participant = z.object({
  participant_id: id,
  display_name: displayName,
  role: meetingRole,
  /** Of whoever created the meeting, on each of their devices: they can be neither demoted nor removed. Absent: of others. */
  is_creator: z.literal(true).exactOptional(),
  /** Of a person's further devices: the participant that their first one is, or was. Absent: of the first. */
  same_person_as: id.exactOptional(),
  participant_type: participantType,
  state: z.enum(["joined", "waiting", "away"]),
  sources: z.array(participantSource),
  /** The sources that a host muted, whether the participant sends them or not; absent: none. */
  muted_sources: z.array(mediaSource).exactOptional(),
  hand_raised: z.boolean(),
  /** Hands are in the order in which they were raised. */
  hand_raised_at: time.exactOptional(),
  joined_at: time,
});

/** A meeting as its participants see it while it runs. */
export const runningMeeting = meeting.extend({
  /** New participants are refused. */
  locked: z.boolean(),
  /** What those who are no hosts may do now: the meeting's setting, with this run's changes. */
  permissions,
  /** Somebody was banned: whoever comes and is no member waits, as in a waiting room. Absent: nobody was. */
  guests_wait: z.literal(true).exactOptional(),
});

/** A WebRTC transport of mediasoup, in the form that mediasoup-client takes. */
export const transport = z.object({
  id,
  iceParameters,
  iceCandidates: z.array(iceCandidate),
  dtlsParameters,
});

export const transports = z.object({ send: transport, recv: transport });

export const consumer = z.object({
  consumer_id: id,
  producer_id: id,
  participant_id: id,
  kind: mediaKind,
  source: mediaSource,
  rtp_parameters: rtpParameters,
  /** The producer's side: consumers themselves start paused until `media.ready`. */
  paused: z.boolean(),
});

/** A size in CSS pixels times the device's pixel ratio. */
const size = z.strictObject({ width: z.int().min(1).max(16_384), height: z.int().min(1).max(16_384) });

/** How many RTP packets of a consumer there were since its start. */
export const packetCount = z.strictObject({ consumer_id: id, packets: count });

/** A client's layout, by which it is sent only the media that it shows. */
export const layout = z.strictObject({
  mode: z.enum(["grid", "speaker", "pinned"]),
  slots: z.int().min(0).max(100),
  pinned: z.array(id).max(100).exactOptional(),
  /** Size of a tile. Absent: pictures come at their full size. */
  tile: size.exactOptional(),
  /** Size of slot 0 where it is the stage: with a shared screen, and in the modes `speaker` and `pinned`. */
  stage: size.exactOptional(),
  include_self: z.boolean().exactOptional(),
});

export const assignment = z.object({
  slot: count,
  participant_id: id,
  source: mediaSource,
  /** Null while the participant sends nothing for this slot. */
  consumer_id: id.nullable(),
});

export const chatMessage = z.object({
  message_id: id,
  from: id,
  display_name: displayName,
  text: chatText,
  to: id.exactOptional(),
  sent_at: time,
});

export type PacketCount = z.infer<typeof packetCount>;
export type MediaSource = z.infer<typeof mediaSource>;
export type ParticipantSource = z.infer<typeof participantSource>;
export type RunningMeeting = z.infer<typeof runningMeeting>;
export type Participant = z.infer<typeof participant>;
export type Transport = z.infer<typeof transport>;
export type Transports = z.infer<typeof transports>;
export type Consumer = z.infer<typeof consumer>;
export type Layout = z.infer<typeof layout>;
export type Assignment = z.infer<typeof assignment>;
export type ChatMessage = z.infer<typeof chatMessage>;

export function mediaKindOf(source: MediaSource): MediaKind {
  return source === "microphone" || source === "screen_audio" ? "audio" : "video";
}
