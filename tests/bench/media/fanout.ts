import type { Consumer, PlainTransport, Router } from "mediasoup/types";
import { audioParameters, capabilities } from "../../media/fixtures/rtp.ts";
import { cpuSecondsOf } from "./cpu_seconds.ts";

export const packetBytes = 1_000;
const hostname = "127.0.0.1";
const tickMs = 10;

/** What was sent and forwarded in a turn, how long it took, and the workers' CPU seconds for it. */
export interface Turn {
  readonly sent: number;
  readonly forwarded: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** One sender and many receivers, by RTP without encryption. */
export interface Fanout extends AsyncDisposable {
  /** The id of what the sender sends. */
  readonly producerId: string;
  /** Opens receivers until there are so many; of this router unless another one is given, which has the producer, too. */
  grow(receivers: number, router?: Router): Promise<void>;
  /** Sends for so many ticks of 10 ms, and waits until nothing more is forwarded. */
  turn(ticks: number, packetsPerTick: number): Promise<Turn>;
}

/** A sender on a router, without receivers. `pids` are the processes whose CPU time counts. */
export async function openFanout(
  router: Router,
  pids: readonly number[],
  close: () => PromiseLike<void>,
): Promise<Fanout> {
  const plain = (on: Router, comedia: boolean): Promise<PlainTransport> =>
    on.createPlainTransport({ listenInfo: { protocol: "udp", ip: hostname }, rtcpMux: true, comedia });
  // Nobody reads from it: what doesn't fit is dropped by the system, behind the worker.
  const sink = Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
  const source = Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
  const rtpParameters = audioParameters("0");
  const sending = await plain(router, true);
  const producer = await sending.produce({ kind: "audio", rtpParameters });
  const consumers: Consumer[] = [];
  const to = { transport: "udp" as const, hostname, port: sending.tuple.localPort };
  const ssrc = rtpParameters.encodings?.[0]?.ssrc ?? 0;
  let sequence = 0;
  const forwarded = async () => {
    const stats = await Promise.all(consumers.map((consumer) => consumer.getStats()));
    return stats.flat().reduce(
      (sum, { type, packetCount }) => sum + (type === "outbound-rtp" ? packetCount : 0),
      0,
    );
  };
  /** The count once it has stopped growing. */
  const settled = async () => {
    for (let before = -1;;) {
      const now = await forwarded();
      if (now === before) return now;
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 10 * tickMs));
    }
  };
  const cpu = async () => (await Promise.all(pids.map(cpuSecondsOf))).reduce((sum, one) => sum + one, 0);
  return {
    producerId: producer.id,
    async grow(count, on = router) {
      const port = sink.addr.transport === "udp" ? sink.addr.port : 0;
      consumers.push(
        ...await Promise.all(Array.from({ length: count - consumers.length }, async () => {
          const transport = await plain(on, false);
          await transport.connect({ ip: hostname, port });
          return await transport.consume({ producerId: producer.id, rtpCapabilities: capabilities });
        })),
      );
    },
    async turn(ticks, packetsPerTick) {
      const [before, cpuBefore] = [await settled(), await cpu()];
      const startMs = performance.now();
      let dueMs = startMs;
      for (let tick = 0; tick < ticks; tick++) {
        for (let n = 0; n < packetsPerTick; n++) await source.send(packet(ssrc, ++sequence), to);
        // What this program is late by is not made up for: a burst would be lost before the worker.
        dueMs = Math.max(dueMs + tickMs, performance.now());
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - performance.now())));
      }
      const seconds = (performance.now() - startMs) / 1_000;
      const cpuSeconds = await cpu() - cpuBefore;
      const sent = ticks * packetsPerTick;
      return { sent, forwarded: await settled() - before, seconds, cpuSeconds };
    },
    async [Symbol.asyncDispose]() {
      sink.close();
      source.close();
      await close();
    },
  };
}

/** An RTP packet (RFC 3550) of Opus. */
function packet(ssrc: number, sequence: number): Uint8Array {
  const bytes = new Uint8Array(packetBytes);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0x80_6f);
  view.setUint16(2, sequence);
  view.setUint32(4, sequence * 960);
  view.setUint32(8, ssrc);
  return bytes;
}
