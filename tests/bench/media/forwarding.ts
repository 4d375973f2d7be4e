import * as mediasoup from "mediasoup";
import type { Worker } from "mediasoup/types";
import { mediaCodecs } from "../../../media/routing/codecs.ts";
import { valueOf } from "../../../shared/actor/mod.ts";
import { startHandler } from "../../media/fixtures/handler.ts";
import { workerFile } from "../../media/fixtures/worker_file.ts";
import { median } from "../median.ts";
import type { Row } from "../row.ts";
import { type Fanout, openFanout, packetBytes, type Turn } from "./fanout.ts";

const receivers = 50;
/** Packets that go in at a tick of 10 ms, and ticks of one turn. */
const packetsPerTick = 4;
const ticks = 200;
const turns = 5;

/** What a busy core forwards through a worker of ours, and through mediasoup by itself, in turns. */
export async function benchForwarding(): Promise<readonly Row[]> {
  await using ours = await ourFanout();
  await using bare = await bareFanout();
  for (const fanout of [ours, bare]) await fanout.grow(receivers);
  const samples: { ours: number; bare: number; share: number }[] = [];
  for (let turn = 0; turn <= turns; turn++) {
    const one = await ours.turn(ticks, packetsPerTick);
    const other = await bare.turn(ticks, packetsPerTick);
    const perCore = ({ forwarded, cpuSeconds }: Turn) => forwarded / cpuSeconds;
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
  return await openFanout(router, [pid], () => handler[Symbol.asyncDispose]());
}

async function bareFanout(): Promise<Fanout> {
  const worker = await mediasoup.createWorker({ workerBin: await workerFile() });
  const router = await worker.createRouter({ mediaCodecs: [...mediaCodecs] });
  return await openFanout(router, [worker.pid], () => closed(worker));
}

async function closed(worker: Worker): Promise<void> {
  const gone = new Promise((resolve) => worker.on("subprocessclose", () => resolve(undefined)));
  worker.close();
  await gone;
}
