import * as mediasoup from "mediasoup";
import type { PlainTransport, Router, Worker } from "mediasoup/types";
import { mediaCodecs } from "../../../media/routing/codecs.ts";
import { valueOf } from "../../../shared/actor/mod.ts";
import { startHandler } from "../../media/fixtures/handler.ts";
import { audioParameters, capabilities } from "../../media/fixtures/rtp.ts";
import { workerFile } from "../../media/fixtures/worker_file.ts";
import { median } from "../median.ts";
import type { Row } from "../row.ts";

const receivers = 50;
/** Packets that go in at a tick of 10 ms, and ticks of one turn. */
const packetsPerTick = 4;
const ticks = 200;
const turns = 5;
const packetBytes = 1_000;

/** One sender and many receivers on a router, by RTP without encryption. */
interface Fanout extends AsyncDisposable {
  /** Sends one turn's packets. Answers how many were forwarded, and the worker's CPU seconds for them. */
  turn(): Promise<{ readonly forwarded: number; readonly cpuSeconds: number }>;
}

/** What a busy core forwards through a worker of ours, and through mediasoup by itself, in turns. */
export async function benchForwarding(): Promise<readonly Row[]> {
  await using ours = await ourFanout();
  await using bare = await bareFanout();
  const samples: { ours: number; bare: number; share: number }[] = [];
  for (let turn = 0; turn <= turns; turn++) {
    const [one, other] = [await ours.turn(), await bare.turn()];
    const perCore = ({ forwarded, cpuSeconds }: typeof one) => forwarded / cpuSeconds;
    const share = one.forwarded / other.forwarded;
    // The first turn warms both.
    if (turn > 0) samples.push({ ours: perCore(one), bare: perCore(other), share });
  }
  const peer = Math.round(median(samples.map(({ bare }) => bare)));
  return [
    {
      name: `packets of ${packetBytes} bytes that a busy core forwards`,
      value: Math.round(median(samples.map(({ ours }) => ours))),
      unit: "1/s",
      peer: `bare mediasoup: ${peer}/s`,
      ratio: median(samples.map(({ ours, bare }) => ours / bare)),
    },
    {
      name: "packets forwarded, of what bare mediasoup forwards of the same streams",
      value: median(samples.map(({ share }) => share)),
      unit: "",
      target: 0.98,
    },
  ];
}

async function ourFanout(): Promise<Fanout> {
  const handler = await startHandler({ statisticsMs: 5_000 });
  const [worker] = handler.workers;
  if (worker === undefined) throw new Error("The handler has no worker");
  const { router } = valueOf(await worker.ask("createRouter", { meeting_id: "bench", mediaCodecs }));
  const { pid } = valueOf(await worker.ask("describe", undefined));
  return await openFanout(router, pid, () => handler[Symbol.asyncDispose]());
}

async function bareFanout(): Promise<Fanout> {
  const worker = await mediasoup.createWorker({ workerBin: await workerFile() });
  const router = await worker.createRouter({ mediaCodecs: [...mediaCodecs] });
  return await openFanout(router, worker.pid, () => closed(worker));
}

async function openFanout(router: Router, pid: number, close: () => PromiseLike<void>): Promise<Fanout> {
  const hostname = "127.0.0.1";
  const plain = (comedia: boolean): Promise<PlainTransport> =>
    router.createPlainTransport({ listenInfo: { protocol: "udp", ip: hostname }, rtcpMux: true, comedia });
  // Nobody reads from it: what doesn't fit is dropped by the system, behind the worker.
  const sink = Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
  const source = Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
  const rtpParameters = audioParameters("0");
  const sending = await plain(true);
  const producer = await sending.produce({ kind: "audio", rtpParameters });
  const consumers = await Promise.all(Array.from({ length: receivers }, async () => {
    const transport = await plain(false);
    await transport.connect({ ip: hostname, port: sink.addr.transport === "udp" ? sink.addr.port : 0 });
    return await transport.consume({ producerId: producer.id, rtpCapabilities: capabilities });
  }));
  const to = { transport: "udp" as const, hostname, port: sending.tuple.localPort };
  const ssrc = rtpParameters.encodings?.[0]?.ssrc ?? 0;
  let sequence = 0;
  const sent = async () => {
    const stats = await Promise.all(consumers.map((consumer) => consumer.getStats()));
    return stats.flat().reduce(
      (sum, { type, packetCount }) => sum + (type === "outbound-rtp" ? packetCount : 0),
      0,
    );
  };
  return {
    async turn() {
      const [packetsBefore, cpuBefore] = [await sent(), await cpuSecondsOf(pid)];
      for (let tick = 0; tick < ticks; tick++) {
        for (let n = 0; n < packetsPerTick; n++) await source.send(packet(ssrc, ++sequence), to);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      const cpuSeconds = await cpuSecondsOf(pid) - cpuBefore;
      return { forwarded: await sent() - packetsBefore, cpuSeconds };
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

/** The CPU time of a process so far, by Linux, in ticks of 10 ms. */
async function cpuSecondsOf(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  const [user, system] = stat.slice(stat.lastIndexOf(")") + 2).split(" ").slice(11, 13).map(Number);
  return ((user ?? 0) + (system ?? 0)) / 100;
}

async function closed(worker: Worker): Promise<void> {
  const gone = new Promise((resolve) => worker.on("subprocessclose", () => resolve(undefined)));
  worker.close();
  await gone;
}
