import type { Consumer, Producer, WebRtcTransport } from "mediasoup/types";
import type { LiveObjects } from "./live_objects.ts";

/** Bytes count everything on the wire, bitrates are bits per second, losses shares of the packets, 0 to 1. */
export interface TransportSample {
  /** When the worker counted, in milliseconds by a clock of its own. */
  readonly atMs: number | undefined;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly bitrateIn: number;
  readonly bitrateOut: number;
  readonly lossIn: number;
  readonly lossOut: number;
}

/** Counts since the start, over all streams of a producer or consumer. */
interface StreamSample {
  readonly packets: number;
  readonly lost: number;
  /** Bits per second of the media. */
  readonly bitrate: number;
  /** Between the handler and the client; null until they have exchanged reports (RFC 3550). */
  readonly roundTripMs: number | null;
  /** mediasoup's own judgement, 0 to 10. */
  readonly score: number;
}

export interface ProducerSample extends StreamSample {
  /** When the worker counted, in milliseconds by a clock of its own; undefined while there are no packets. */
  readonly atMs: number | undefined;
  /** Of the media, since the start. */
  readonly bytes: number;
  /** Bits per second of each encoding that its RTP parameters name; 0 for one that isn't sent. */
  readonly encodings: readonly number[];
  readonly jitterMs: number;
}

export interface ConsumerSample extends StreamSample {
  /** How many spatial layers are sent; 0 for none. */
  readonly layers: number;
}

/** The samples of one round, by object. An object that is gone is not in it. */
export interface Measured {
  readonly transports: ReadonlyMap<WebRtcTransport, TransportSample>;
  readonly producers: ReadonlyMap<Producer, ProducerSample>;
  /** Producers that come through pipes. Their packets are counted on their own routers. */
  readonly piped: ReadonlyMap<Producer, ProducerSample>;
  readonly consumers: ReadonlyMap<Consumer, ConsumerSample>;
}

/** Most requests to mediasoup at a time, so that a round doesn't hold up the steps of a large handler. */
const batchSize = 16;

/** Asks mediasoup for the statistics of all objects. */
export async function measure(live: readonly LiveObjects[]): Promise<Measured> {
  return {
    transports: await sampleAll(live.flatMap(({ transports }) => transports), sampleTransport),
    producers: await sampleAll(live.flatMap(({ producers }) => producers), sampleProducer),
    piped: await sampleAll(live.flatMap(({ piped }) => piped), sampleProducer),
    consumers: await sampleAll(live.flatMap(({ consumers }) => consumers), sampleConsumer),
  };
}

async function sampleAll<T extends { readonly closed: boolean }, S>(
  objects: readonly T[],
  sample: (object: T) => Promise<S>,
): Promise<Map<T, S>> {
  const samples = new Map<T, S>();
  for (let start = 0; start < objects.length; start += batchSize) {
    await Promise.all(
      objects.slice(start, start + batchSize).map(async (object) => {
        if (object.closed) return;
        const one = await sample(object).catch(() => undefined);
        if (one !== undefined) samples.set(object, one);
      }),
    );
  }
  return samples;
}

async function sampleTransport(transport: WebRtcTransport): Promise<TransportSample> {
  const [stats] = await transport.getStats();
  return {
    atMs: stats?.timestamp,
    bytesIn: stats?.bytesReceived ?? 0,
    bytesOut: stats?.bytesSent ?? 0,
    bitrateIn: stats?.recvBitrate ?? 0,
    bitrateOut: stats?.sendBitrate ?? 0,
    lossIn: stats?.rtpPacketLossReceived ?? 0,
    lossOut: stats?.rtpPacketLossSent ?? 0,
  };
}

async function sampleProducer(producer: Producer): Promise<ProducerSample> {
  const streams = await producer.getStats();
  const clockRate = producer.rtpParameters.codecs[0]?.clockRate ?? 90_000;
  return {
    ...sumOf(streams),
    atMs: streams[0]?.timestamp,
    bytes: streams.reduce((sum, { byteCount }) => sum + byteCount, 0),
    encodings: (producer.rtpParameters.encodings ?? []).map(({ rid, ssrc }) =>
      streams.find((stream) => rid === undefined ? stream.ssrc === ssrc : stream.rid === rid)?.bitrate ?? 0
    ),
    jitterMs: 1_000 * Math.max(0, ...streams.map(({ jitter }) => jitter)) / clockRate,
  };
}

async function sampleConsumer(consumer: Consumer): Promise<ConsumerSample> {
  const streams = (await consumer.getStats()).filter(({ type }) => type === "outbound-rtp");
  return { ...sumOf(streams), layers: layersSent(consumer) };
}

function layersSent({ paused, producerPaused, type, currentLayers }: Consumer): number {
  if (paused || producerPaused) return 0;
  if (type === "simple") return 1;
  return currentLayers === undefined ? 0 : currentLayers.spatialLayer + 1;
}

interface Stream {
  readonly packetCount: number;
  readonly packetsLost: number;
  readonly bitrate: number;
  readonly roundTripTime?: number;
  readonly score: number;
}

function sumOf(streams: readonly Stream[]): StreamSample {
  const sum = (read: (stream: Stream) => number) =>
    streams.reduce((total, stream) => total + read(stream), 0);
  const roundTrips = streams.flatMap(({ roundTripTime }) => roundTripTime ? [roundTripTime] : []);
  return {
    packets: sum(({ packetCount }) => packetCount),
    // A receiver's count is below zero where packets came twice, or where it says so (RFC 3550 §6.4.1).
    lost: sum(({ packetsLost }) => Math.max(0, packetsLost)),
    bitrate: sum(({ bitrate }) => bitrate),
    roundTripMs: roundTrips.length === 0 ? null : Math.max(...roundTrips),
    score: Math.min(10, ...streams.map(({ score }) => score)),
  };
}
