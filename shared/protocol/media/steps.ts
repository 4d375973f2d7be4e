import * as z from "zod";
import { dtlsParameters, iceParameters, mediaKind, rtpCapabilities, rtpParameters } from "../rtp.ts";
import { mediaSource, transport } from "../signaling/entities.ts";
import { count, id } from "../text.ts";

/**
 * Whether a participant's transports are in use. `new`: no client has connected them yet. `connected`: those that a client
 * has connected are connected by ICE and DTLS. `lost`: one of these is not. `ended`: one of them is gone.
 */
export const pairState = z.enum(["new", "connected", "lost", "ended"]);

/** The router of the handler in which the step is taken. */
const inRouter = { router_id: id };
const ofParticipant = { ...inRouter, participant_id: id };
const ofConsumer = { ...ofParticipant, producer_id: id };
/** One end of the pipe between two routers of a meeting, which may be on different handlers. */
const ofPipe = { ...inRouter, peer_router_id: id };
const ofPiped = { ...ofPipe, producer_id: id };

/** The address of one end of a pipe, and how its packets are encrypted (RFC 4568); without keys they are not. */
export const pipeEnd = {
  ip: z.string().max(64),
  port: z.int().min(1).max(65_535),
  srtp_parameters: z.object({
    cryptoSuite: z.enum([
      "AEAD_AES_256_GCM",
      "AEAD_AES_128_GCM",
      "AES_CM_128_HMAC_SHA1_80",
      "AES_CM_128_HMAC_SHA1_32",
    ]),
    keyBase64: z.string().max(128),
  }).exactOptional(),
};

/** A consumer's forwarding. Absent: unchanged. */
const forwarding = {
  paused: z.boolean().exactOptional(),
  /** The highest spatial layer that is sent; 0 is the smallest. */
  spatial_layer: count.exactOptional(),
  /** 1 to 255; when bandwidth is short the higher one keeps its layers. */
  priority: z.int().min(1).max(255).exactOptional(),
};

/**
 * The steps that a meeting controller (MC) can have a media handler (MH) take in a meeting, each with its fields and its
 * result. A step is idempotent by its key, which its comment names.
 */
export const mediaSteps = {
  /** A router for the meeting on the least loaded SFU worker that has none of it. Key: none, each opens another. */
  "router.open": { input: {}, result: { router_id: id, rtp_capabilities: rtpCapabilities } },
  /**
   * A participant's two transports. Key: participant and epoch. A higher epoch replaces a lower one, whose transports
   * live on for 10 s at most: the receiving one until the new consumers are forwarded, each producer until the new one of
   * its source has packets. Where a third epoch comes before that, the first one's transport lives on in that direction,
   * and the second one's ends. For transports that are there already the result says in `state` whether their client can
   * go on with them.
   */
  "transports.open": {
    input: { ...ofParticipant, epoch: count, rtp_capabilities: rtpCapabilities },
    result: { send: transport, recv: transport, state: pairState },
  },
  /** Key: transport. Sent at once for a client's request. */
  "transport.connect": {
    input: { ...ofParticipant, transport_id: id, dtls_parameters: dtlsParameters },
    result: {},
  },
  /** Not idempotent. Sent at once for a client's request. */
  "transport.restart_ice": {
    input: { ...ofParticipant, transport_id: id },
    result: { ice_parameters: iceParameters },
  },
  /**
   * Key: participant, source and epoch. With equal RTP parameters the existing producer is answered; with others it is
   * replaced. Sent at once for a client's request.
   */
  "producer.open": {
    input: {
      ...ofParticipant,
      transport_id: id,
      source: mediaSource,
      kind: mediaKind,
      rtp_parameters: rtpParameters,
      paused: z.boolean(),
      /** Has `producer.flowing` be reported: it replaces a producer on another handler. */
      announces_packets: z.boolean().exactOptional(),
    },
    result: { producer_id: id },
  },
  /** Pauses a producer in one router: its own, or one that receives it through a pipe. Key: router and producer. */
  "producer.pause": { input: { ...inRouter, producer_id: id, paused: z.boolean() }, result: {} },
  /** Key: producer. Its consumers end with it. */
  "producer.close": { input: { ...inRouter, producer_id: id }, result: {} },
  /** Key: subscriber and producer. The consumer is on the subscriber's newest receiving transport. */
  "consumer.open": {
    input: { ...ofConsumer, ...forwarding },
    result: { consumer_id: id, kind: mediaKind, rtp_parameters: rtpParameters },
  },
  /** Key: subscriber and producer. Resuming a video consumer asks its producer for a key frame. */
  "consumer.set": { input: { ...ofConsumer, ...forwarding }, result: {} },
  /** Key: subscriber and producer. */
  "consumer.close": { input: ofConsumer, result: {} },
  /** Opens this end of a pipe. Key: router and peer. */
  "pipe.open": { input: { ...ofPipe, is_encrypted: z.boolean() }, result: pipeEnd },
  /** Connects this end of a pipe to the other one. Key: router and peer. */
  "pipe.connect": { input: { ...ofPipe, ...pipeEnd }, result: {} },
  /** Sends a producer of this router through a pipe. Key: router, peer and producer. */
  "pipe.send": { input: { ...ofPiped, paused: z.boolean() }, result: { rtp_parameters: rtpParameters } },
  /** Stops or goes on with sending a producer through a pipe. Going on asks the producer for a key frame. */
  "pipe.set": { input: { ...ofPiped, paused: z.boolean() }, result: {} },
  /** Receives a producer from a pipe. It has the same id in this router. Key: router, peer and producer. */
  "pipe.receive": {
    input: {
      ...ofPiped,
      participant_id: id,
      source: mediaSource,
      kind: mediaKind,
      /** From the answer to `pipe.send`. */
      rtp_parameters: rtpParameters,
      /** Whether it is paused in its own router, and so in this one. Absent: it isn't. */
      paused: z.boolean().exactOptional(),
    },
    result: {},
  },
  /** Ends sending or receiving a producer through a pipe. Its consumers in a receiving router end with it. */
  "pipe.end": { input: ofPiped, result: {} },
  /** Closes this end of a pipe, with everything that goes through it. Key: router and peer. */
  "pipe.close": { input: ofPipe, result: {} },
  /** Closes everything of a participant in the router. Key: participant. */
  "participant.close": { input: ofParticipant, result: {} },
} as const;

export type MediaStepName = keyof typeof mediaSteps;

type Input<N extends MediaStepName> = (typeof mediaSteps)[N]["input"];
type Result<N extends MediaStepName> = (typeof mediaSteps)[N]["result"];

function variant<N extends MediaStepName>(step: N) {
  const input: Input<N> = mediaSteps[step].input;
  return z.object({ step: z.literal(step), ...input });
}

function done<N extends MediaStepName>(step: N) {
  const result: Result<N> = mediaSteps[step].result;
  return z.object({ ok: z.literal(true), step: z.literal(step), ...result });
}

/** One step, discriminated by `step`. */
export const mediaStep = z.discriminatedUnion("step", [
  variant("router.open"),
  variant("transports.open"),
  variant("transport.connect"),
  variant("transport.restart_ice"),
  variant("producer.open"),
  variant("producer.pause"),
  variant("producer.close"),
  variant("consumer.open"),
  variant("consumer.set"),
  variant("consumer.close"),
  variant("pipe.open"),
  variant("pipe.connect"),
  variant("pipe.send"),
  variant("pipe.set"),
  variant("pipe.receive"),
  variant("pipe.end"),
  variant("pipe.close"),
  variant("participant.close"),
]);

/** Why a step was not taken. The other steps of its batch are taken all the same. */
const stepRefusal = z.enum([
  /** No such router, participant, transport, producer or consumer here. */
  "not_found",
  /** mediasoup refused the parameters, or a receiver can't play the codec. */
  "rejected",
  /** The router, its SFU worker or the handler takes no more. */
  "full",
  /** The router's SFU worker is gone. */
  "unavailable",
]);

const refused = z.object({ ok: z.literal(false), code: stepRefusal, message: z.string() });

/** The outcome of one step. */
export const stepOutcome = z.union([
  refused,
  z.discriminatedUnion("step", [
    done("router.open"),
    done("transports.open"),
    done("transport.connect"),
    done("transport.restart_ice"),
    done("producer.open"),
    done("producer.pause"),
    done("producer.close"),
    done("consumer.open"),
    done("consumer.set"),
    done("consumer.close"),
    done("pipe.open"),
    done("pipe.connect"),
    done("pipe.send"),
    done("pipe.set"),
    done("pipe.receive"),
    done("pipe.end"),
    done("pipe.close"),
    done("participant.close"),
  ]),
]);

export type MediaStep = z.infer<typeof mediaStep>;
export type StepOf<N extends MediaStepName> = Extract<MediaStep, { step: N }>;
export type StepOutcome = z.infer<typeof stepOutcome>;
export type StepDone<N extends MediaStepName> = Extract<StepOutcome, { ok: true; step: N }>;
export type PairState = z.infer<typeof pairState>;
export type StepRefusal = z.infer<typeof stepRefusal>;
