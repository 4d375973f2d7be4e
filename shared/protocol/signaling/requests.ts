import * as z from "zod";
import { permissionsChange } from "../rest/meeting_settings.ts";
import { dtlsParameters, iceParameters, mediaKind, rtpCapabilities, rtpParameters } from "../rtp.ts";
import { chatText, count, displayName, id, limits, reactionText, time } from "../text.ts";
import { assignment, layout, mediaSource, packetCount, transports } from "./entities.ts";
import { joinAnswer, joinRequest } from "./join.ts";

const nothing = z.strictObject({});
const done = z.object({});
/** `durable: false`: it holds from now on, and the loss of a store would undo it. */
const lasting = z.object({ durable: z.literal(false).exactOptional() });
const ownProducer = z.strictObject({ producer_id: id });
const people = z.strictObject({ participant_ids: z.array(id).min(1).max(limits.listItems) });

/** The requests of a client, each with the schema of its data and of its successful answer. */
export const requests = {
  "join": { data: joinRequest, answer: joinAnswer },
  /**
   * In place of a join: transports of a router that nobody else is on. What is produced over them comes back. Asked again
   * it gives fresh ones.
   */
  "test.open": {
    data: z.strictObject({ rtp_capabilities: rtpCapabilities }),
    answer: z.object({ transports, seconds_left: count }),
  },
  "session.ping": { data: nothing, answer: done },
  /** `back_within_seconds`: the page goes away and may come back, so the place is kept for so long. */
  "leave": {
    data: z.strictObject({ back_within_seconds: z.int().min(1).max(30).exactOptional() }),
    answer: done,
  },
  "layout.set": { data: layout, answer: z.object({ assignments: z.array(assignment) }) },
  "media.connect": {
    data: z.strictObject({ transport_id: id, dtls_parameters: dtlsParameters }),
    answer: done,
  },
  "media.produce": {
    data: z.strictObject({
      transport_id: id,
      kind: mediaKind,
      rtp_parameters: rtpParameters,
      source: mediaSource,
      paused: z.boolean().exactOptional(),
    }),
    answer: z.object({ producer_id: id }),
  },
  "media.pause": { data: ownProducer, answer: done },
  "media.resume": { data: ownProducer, answer: done },
  "media.close": { data: ownProducer, answer: done },
  "media.ready": {
    data: z.strictObject({ consumer_ids: z.array(id).min(1).max(limits.listItems) }),
    answer: done,
  },
  "media.restart_ice": {
    data: z.strictObject({ transport_id: id }),
    answer: z.object({ ice_parameters: iceParameters }),
  },
  "media.report": {
    data: z.strictObject({ received: z.array(packetCount).max(limits.listItems) }),
    /** `restart_ice`: nothing arrives of what is sent, so the receiving transport is to restart ICE. */
    answer: z.object({ restart_ice: z.boolean().exactOptional() }),
  },
  "latency.report": {
    data: z.strictObject({
      click_to_first_audio_ms: z.number().min(0).max(3_600_000).exactOptional(),
      click_to_first_frame_ms: z.number().min(0).max(3_600_000).exactOptional(),
    }),
    answer: done,
  },
  "participant.update": {
    data: z.strictObject({
      display_name: displayName.exactOptional(),
      hand_raised: z.boolean().exactOptional(),
    }),
    answer: lasting,
  },
  "chat.send": {
    data: z.strictObject({ text: chatText, to: id.exactOptional() }),
    answer: lasting.extend({ message_id: id, sent_at: time }),
  },
  "reaction.send": { data: z.strictObject({ reaction: reactionText }), answer: done },
  "moderation.mute": {
    data: z.strictObject({ participant_id: id, source: mediaSource, muted: z.boolean() }),
    answer: lasting,
  },
  "moderation.mute_all": { data: z.strictObject({ source: mediaSource }), answer: lasting },
  "moderation.ask_unmute": {
    data: z.strictObject({ participant_id: id, source: mediaSource }),
    answer: lasting,
  },
  "moderation.permissions": { data: z.strictObject({ permissions: permissionsChange }), answer: lasting },
  "moderation.suspend": { data: nothing, answer: lasting },
  "moderation.remove": {
    data: z.strictObject({ participant_id: id, ban: z.boolean().exactOptional() }),
    answer: lasting,
  },
  "moderation.admit": { data: people, answer: lasting },
  "moderation.deny": { data: people, answer: lasting },
  "moderation.role": {
    data: z.strictObject({ participant_id: id, role: z.enum(["host", "participant"]) }),
    answer: lasting,
  },
  "moderation.lock": { data: z.strictObject({ locked: z.boolean() }), answer: lasting },
  "meeting.end": { data: nothing, answer: done },
} as const;

export type RequestType = keyof typeof requests;
export type RequestData<T extends RequestType> = z.infer<(typeof requests)[T]["data"]>;
export type RequestAnswer<T extends RequestType> = z.infer<(typeof requests)[T]["answer"]>;

export function isRequestType(type: string): type is RequestType {
  return Object.hasOwn(requests, type);
}
