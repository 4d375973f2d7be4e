import type { Consumer, Producer, WebRtcTransport } from "mediasoup/types";
import type { LiveObjects } from "./live_objects.ts";

type Direction = "in" | "out";

/** Traffic `in` from participants and `out` to them. Packets count RTP; bytes count everything on the wire. */
export interface Traffic {
  readonly packets: Readonly<Record<Direction, number>>;
  readonly bytes: Readonly<Record<Direction, number>>;
}

export const noTraffic: Traffic = { packets: { in: 0, out: 0 }, bytes: { in: 0, out: 0 } };

/** The counts of each object in the last round. */
export type TrafficMemory = ReadonlyMap<object, Counts>;

interface Counts {
  readonly packetsIn: number;
  readonly packetsOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** Most requests to mediasoup at a time. */
const batchSize = 16;
const nothing: Counts = { packetsIn: 0, packetsOut: 0, bytesIn: 0, bytesOut: 0 };

/** The traffic since the counts in `memory`, and the new counts. An object that is gone is left out. */
export async function gatherTraffic(
  live: readonly LiveObjects[],
  memory: TrafficMemory,
): Promise<{ traffic: Traffic; memory: TrafficMemory }> {
  const sources = live.flatMap(({ transports, producers, consumers }) => [
    ...transports.map((transport) => ({ object: transport, count: () => countTransport(transport) })),
    ...producers.map((producer) => ({ object: producer, count: () => countProducer(producer) })),
    ...consumers.map((consumer) => ({ object: consumer, count: () => countConsumer(consumer) })),
  ]);
  const next = new Map<object, Counts>();
  const traffic = { packets: { in: 0, out: 0 }, bytes: { in: 0, out: 0 } };
  for (let start = 0; start < sources.length; start += batchSize) {
    await Promise.all(
      sources.slice(start, start + batchSize).map(async ({ object, count }) => {
        const before = memory.get(object) ?? nothing;
        const counts = await count().catch(() => undefined);
        if (counts === undefined) return;
        next.set(object, counts);
        traffic.packets.in += growth(before.packetsIn, counts.packetsIn);
        traffic.packets.out += growth(before.packetsOut, counts.packetsOut);
        traffic.bytes.in += growth(before.bytesIn, counts.bytesIn);
        traffic.bytes.out += growth(before.bytesOut, counts.bytesOut);
      }),
    );
  }
  return { traffic, memory: next };
}

/** mediasoup starts a stream's count anew when its sender changes the SSRC. */
function growth(before: number, now: number): number {
  return now >= before ? now - before : now;
}

async function countTransport(transport: WebRtcTransport): Promise<Counts> {
  const [stats] = await transport.getStats();
  return { ...nothing, bytesIn: stats?.bytesReceived ?? 0, bytesOut: stats?.bytesSent ?? 0 };
}

async function countProducer(producer: Producer): Promise<Counts> {
  const streams = await producer.getStats();
  return { ...nothing, packetsIn: streams.reduce((sum, { packetCount }) => sum + packetCount, 0) };
}

async function countConsumer(consumer: Consumer): Promise<Counts> {
  const streams = await consumer.getStats();
  const sent = streams.filter(({ type }) => type === "outbound-rtp");
  return { ...nothing, packetsOut: sent.reduce((sum, { packetCount }) => sum + packetCount, 0) };
}
