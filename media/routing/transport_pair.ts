import type { Consumer, Producer, WebRtcTransport } from "mediasoup/types";
import type { PairState } from "../../shared/protocol/media/steps.ts";
import { type Transport, transport as transportSchema } from "../../shared/protocol/signaling.ts";
import type { MediaSource } from "../../shared/protocol/signaling.ts";
import type { RouterPlace } from "../workers/worker_messages.ts";
import type { Sent } from "../telemetry/observe.ts";
import { type Congestion, newPath } from "../congestion/congestion.ts";
import { wireForm } from "./wire_form.ts";

/** A producer with its participant, source and consumers. */
export interface Published {
  readonly producer: Producer;
  readonly participantId: string;
  readonly source: MediaSource;
  /** Null for a producer that comes through a pipe. */
  readonly pair: TransportPair | null;
  /** The RTP parameters that the client sent, as JSON. Equal parameters answer this producer. */
  readonly parameters: string;
  readonly consumers: Set<Subscribed>;
  /** The controller is to be told when packets have come. */
  readonly announcesPackets: boolean;
  /** Packets have come. Noted only where the producer replaces one on older transports. */
  hasPackets: boolean;
  /** The bits per second of each encoding, as of the last round of statistics; empty before the first. */
  bitrates: readonly number[];
}

/** How a consumer is to be forwarded. */
export interface Forwarding {
  /** Whether the controller wants it paused. */
  readonly paused: boolean;
  /** The highest layer that the controller wants, or null for all. mediasoup may know fewer layers. */
  readonly spatialLayer: number | null;
  /** The highest layer that the receiver's path carries, negative for none. */
  readonly maxLayer: number;
}

/** A consumer with its producer and its forwarding. */
export interface Subscribed {
  readonly consumer: Consumer;
  readonly published: Published;
  readonly pair: TransportPair;
  forwarding: Forwarding;
  priority: number;
  /** The layer that was reported last; undefined before the first report. */
  reportedLayer: number | null | undefined;
  /** Since the start, as of the last round of statistics; null before the first. */
  packetsSent: number | null;
  /** The bits per second when a round of statistics found it sent last; null before. */
  lastBitrate: number | null;
}

/** Notes what a round of statistics has found. Whatever is withheld keeps what it took before. */
export function noteSent(subscribed: Subscribed, sent: Sent | undefined): void {
  if (sent === undefined) return;
  subscribed.packetsSent = sent.packets;
  if (sent.bitrate > 0 && sent.layers > 0) subscribed.lastBitrate = sent.bitrate;
}

/** A participant's two transports of one epoch, with their producers and consumers. */
export interface TransportPair {
  readonly epoch: number;
  readonly send: WebRtcTransport;
  readonly recv: WebRtcTransport;
  /** The transports of the pair that have not ended. */
  readonly live: Set<WebRtcTransport>;
  /** The DTLS parameters of each connected transport, as JSON. */
  readonly connected: Map<WebRtcTransport, string>;
  readonly producers: Map<MediaSource, Published>;
  /** By producer id: a participant has at most one consumer of each producer. */
  readonly consumers: Map<string, Subscribed>;
  /** What is known of the path to the receiver, and the least bitrate that mediasoup was told for it. */
  congestion: Congestion;
  minBitrate: number;
  /** What the client was told that it may send, in bits per second; 0 before it sends anything. */
  senderBitrate: number;
  /** Numbers of producers and consumers that mediasoup is creating at the moment. */
  readonly opening: { producers: number; consumers: number };
}

/** Assumed bandwidth of a subscriber before the first measurement, in bits per second. */
const initialAvailableOutgoingBitrate = 1_000_000;
/** Seconds without a consent check (RFC 7675) before a path counts as lost. mediasoup takes no lower value. */
const iceConsentTimeout = 10;

/** Opens both transports together. Throws when either fails, and closes the other. */
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
      congestion: newPath,
      minBitrate: 0,
      senderBitrate: 0,
      opening: { producers: 0, consumers: 0 },
    };
  }
  for (const one of [send, recv]) if (one.status === "fulfilled") one.value.close();
  throw send.status === "rejected" ? send.reason : recv.status === "rejected" ? recv.reason : undefined;
}

/** The parameters by which a client creates its side of the transport. */
export function describeTransport(
  { id, iceParameters, iceCandidates, dtlsParameters }: WebRtcTransport,
): Transport {
  return wireForm(transportSchema, { id, iceParameters, iceCandidates, dtlsParameters });
}

/** Whether a client uses the pair, or can still be given it. */
export function stateOf({ live, connected }: TransportPair): PairState {
  if (live.size < 2) return "ended";
  const used = [...connected.keys()];
  if (used.length === 0) return "new";
  return used.every(isConnected) ? "connected" : "lost";
}

function isConnected({ iceState, dtlsState }: WebRtcTransport): boolean {
  return dtlsState === "connected" && (iceState === "connected" || iceState === "completed");
}
