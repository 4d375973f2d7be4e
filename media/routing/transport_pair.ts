import type { Consumer, Producer, WebRtcTransport } from "mediasoup/types";
import { type Transport, transport as transportSchema } from "../../shared/protocol/signaling.ts";
import type { MediaSource } from "../../shared/protocol/signaling.ts";
import type { RouterPlace } from "../workers/worker_messages.ts";
import { wireForm } from "./wire_form.ts";

/** A producer, and who it shows or lets hear. */
export interface Published {
  readonly producer: Producer;
  readonly participantId: string;
  readonly source: MediaSource;
  readonly pair: TransportPair;
  /** What the client sent, as text: equal text asks for what is there. */
  readonly parameters: string;
  readonly consumers: Set<Subscribed>;
}

/** A consumer, and how it is forwarded. */
export interface Subscribed {
  readonly consumer: Consumer;
  readonly published: Published;
  readonly pair: TransportPair;
  /** As it was asked for; mediasoup may know fewer layers. */
  spatialLayer: number | null;
  priority: number;
}

/** A participant's two transports of one epoch, and what is on them. */
export interface TransportPair {
  readonly epoch: number;
  readonly send: WebRtcTransport;
  readonly recv: WebRtcTransport;
  /** Those of the two that have not come to an end. */
  readonly live: Set<WebRtcTransport>;
  /** What each was connected with, as text. */
  readonly connected: Map<WebRtcTransport, string>;
  readonly producers: Map<MediaSource, Published>;
  /** By their producer's id: nobody receives the same producer twice. */
  readonly consumers: Map<string, Subscribed>;
  /** Producers and consumers that mediasoup is making at the moment. */
  readonly opening: { producers: number; consumers: number };
}

/** Bits per second that a subscriber is taken to have before anything was measured. */
const initialAvailableOutgoingBitrate = 1_000_000;
/** Seconds without a consent check of the client (RFC 7675) until a path counts as lost; the least that mediasoup takes. */
const iceConsentTimeout = 10;

/** Opens both transports at once; throws when either can't be had, and then neither is left. */
export async function openTransportPair(
  { router, webRtcServer }: RouterPlace,
  epoch: number,
): Promise<TransportPair> {
  const open = () =>
    router.createWebRtcTransport({
      webRtcServer,
      preferUdp: true,
      initialAvailableOutgoingBitrate,
      iceConsentTimeout,
    });
  const [send, recv] = await Promise.allSettled([open(), open()]);
  if (send.status === "fulfilled" && recv.status === "fulfilled") {
    return {
      epoch,
      send: send.value,
      recv: recv.value,
      live: new Set([send.value, recv.value]),
      connected: new Map(),
      producers: new Map(),
      consumers: new Map(),
      opening: { producers: 0, consumers: 0 },
    };
  }
  for (const one of [send, recv]) if (one.status === "fulfilled") one.value.close();
  throw send.status === "rejected" ? send.reason : recv.status === "rejected" ? recv.reason : undefined;
}

/** A transport as the client takes it. */
export function describeTransport(
  { id, iceParameters, iceCandidates, dtlsParameters }: WebRtcTransport,
): Transport {
  return wireForm(transportSchema, { id, iceParameters, iceCandidates, dtlsParameters });
}
