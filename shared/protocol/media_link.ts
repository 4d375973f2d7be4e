import * as z from "zod";
import { ask, protocol, tell } from "../actor/mod.ts";
import { dtlsParameters, iceParameters, mediaKind, rtpCapabilities, rtpParameters } from "./rtp.ts";
import { mediaSource, transport } from "./signaling/entities.ts";
import { id } from "./text.ts";

/** The fence on everything that changes a meeting: MH refuses a lower generation than it has seen. */
const fence = { meeting_id: id, generation: z.int() };
const participant = { ...fence, participant_id: id };

/** One stream to be forwarded to a subscriber. */
export const forwarded = z.object({
  consumer_id: id,
  producer_id: id,
  kind: mediaKind,
  rtp_parameters: rtpParameters,
  /** Its producer is paused. The consumer itself starts paused. */
  producer_paused: z.boolean(),
});

const refusals = [
  /** A newer controller has the meeting. */
  "stale_generation",
  /** No such meeting, participant, transport, producer or consumer here. */
  "not_found",
  /** mediasoup refused the parameters. */
  "rejected",
  /** No SFU worker is running. */
  "unavailable",
] as const;

/** MH's side: which producer is forwarded to whom, in which router. Asked by the meeting's `MediaRoutingActor`. */
export const RoutingTable = protocol({
  /** Opens or adopts a meeting. Whatever it holds of it, by participant, so that a new controller can take over. */
  open: ask(
    z.object(fence),
    z.object({
      rtp_capabilities: rtpCapabilities,
      participants: z.array(z.object({
        participant_id: id,
        transports: z.array(id),
        producers: z.array(id),
        consumers: z.array(z.object({ consumer_id: id, producer_id: id, paused: z.boolean() })),
      })),
    }),
    refusals,
  ),
  close: ask(z.object(fence), z.void(), refusals),
  /**
   * Fresh transports for a participant and paused consumers of `producer_ids` on them, in one go. Older transports of
   * the participant live on until the first `connect` on the new ones, or 10 s.
   */
  attach: ask(
    z.object({ ...participant, rtp_capabilities: rtpCapabilities, producer_ids: z.array(id) }),
    z.object({ send: transport, recv: transport, consumers: z.array(forwarded) }),
    refusals,
  ),
  detach: ask(z.object(participant), z.void(), refusals),
  connect: ask(
    z.object({ ...participant, transport_id: id, dtls_parameters: dtlsParameters }),
    z.void(),
    refusals,
  ),
  restartIce: ask(
    z.object({ ...participant, transport_id: id }),
    z.object({ ice_parameters: iceParameters }),
    refusals,
  ),
  produce: ask(
    z.object({
      ...participant,
      transport_id: id,
      kind: mediaKind,
      source: mediaSource,
      rtp_parameters: rtpParameters,
      paused: z.boolean(),
    }),
    z.object({ producer_id: id }),
    refusals,
  ),
  setProducerPaused: ask(
    z.object({ ...participant, producer_id: id, paused: z.boolean() }),
    z.void(),
    refusals,
  ),
  closeProducer: ask(z.object({ ...participant, producer_id: id }), z.void(), refusals),
  /** Paused consumers on the subscriber's receiving transport. A producer that can't be consumed is left out. */
  consume: ask(
    z.object({ ...participant, producer_ids: z.array(id) }),
    z.object({ consumers: z.array(forwarded) }),
    refusals,
  ),
  /** Resuming a video consumer asks its producer for a key frame. Unknown ones are left out. */
  setConsumersPaused: ask(
    z.object({ ...participant, consumer_ids: z.array(id), paused: z.boolean() }),
    z.void(),
    refusals,
  ),
  closeConsumers: ask(z.object({ ...participant, consumer_ids: z.array(id) }), z.void(), refusals),
});

/** MC's side: what a media handler reports of the meetings that this link opened. */
export const MediaEvents = protocol({
  /** Everything of these meetings is gone (an SFU worker died): attach the participants anew. */
  meetingsLost: tell(z.object({ meeting_ids: z.array(id), reason: z.string().max(200) })),
  /** A participant's transport failed or closed by itself; producers and consumers on it are gone. */
  transportLost: tell(z.object({ meeting_id: id, participant_id: id, transport_id: id })),
  /** Who speaks loudest, `null` for silence. */
  activeSpeaker: tell(z.object({ meeting_id: id, participant_id: id.nullable() })),
});

export type Forwarded = z.infer<typeof forwarded>;
