import type { Router } from "mediasoup/types";
import { mediaCodecs } from "../../../media/routing/codecs.ts";
import { openPipe } from "../../../media/routing/pipe.ts";
import { valueOf } from "../../../shared/actor/mod.ts";
import { startHandler } from "../../media/fixtures/handler.ts";
import { median } from "../median.ts";
import type { Row } from "../row.ts";
import { openFanout, type Turn } from "./fanout.ts";

const receivers = 10;
const packetsPerTick = 20;
const ticks = 100;
const turns = 5;
const address = { ip: "127.0.0.1", ports: { min: 46_000, max: 46_999 } };

/** What a packet costs that goes to another worker's router by a pipe, beside one router, with as many receivers. */
export async function benchPipeCost(): Promise<readonly Row[]> {
  await using one = await openSides("none");
  await using plain = await openSides("plain");
  await using encrypted = await openSides("encrypted");
  const samples: { one: Turn; plain: Turn; encrypted: Turn }[] = [];
  for (let turn = 0; turn <= turns; turn++) {
    const sample = {
      one: await one.turn(ticks, packetsPerTick),
      plain: await plain.turn(ticks, packetsPerTick),
      encrypted: await encrypted.turn(ticks, packetsPerTick),
    };
    // The first turn warms all.
    if (turn > 0) samples.push(sample);
  }
  const cost = ({ cpuSeconds, forwarded }: Turn) => 1e6 * cpuSeconds / forwarded;
  const peer = median(samples.map((sample) => cost(sample.one)));
  return (["plain", "encrypted"] as const).map((kind) => ({
    name: `CPU of a packet to ${receivers} receivers over ${
      kind === "plain" ? "a" : "an encrypted"
    } pipe, each`,
    value: median(samples.map((sample) => cost(sample[kind]))),
    unit: "µs",
    lower_is_better: true,
    peer: `one router: ${peer.toFixed(2)} µs`,
    ratio: median(samples.map((sample) => cost(sample[kind]) / cost(sample.one))),
  }));
}

/** A sender on a router, and its receivers on the same one, or on another worker's behind a pipe as ours are. */
async function openSides(pipe: "none" | "plain" | "encrypted") {
  const handler = await startHandler({ workers: 2, statisticsMs: 600_000 });
  const places = await Promise.all(handler.workers.map(async (worker) => ({
    place: valueOf(await worker.ask("createRouter", { meeting_id: "bench", mediaCodecs })),
    pid: valueOf(await worker.ask("describe", undefined)).pid,
  })));
  const [here, there] = places;
  if (here === undefined || there === undefined) throw new Error("The handler lacks a worker");
  const pids = places.map(({ pid }) => pid);
  const fanout = await openFanout(here.place.router, pids, () => handler[Symbol.asyncDispose]());
  let side: Router = here.place.router;
  if (pipe !== "none") {
    const ends = [
      (await openPipe(here.place, address, pipe === "encrypted")).transport,
      (await openPipe(there.place, address, pipe === "encrypted")).transport,
    ] as const;
    for (const [from, to] of [[ends[0], ends[1]], [ends[1], ends[0]]] as const) {
      const { tuple: { localPort: port }, srtpParameters } = to;
      await from.connect({
        ip: address.ip,
        port,
        ...(srtpParameters === undefined ? {} : { srtpParameters }),
      });
    }
    const { kind, rtpParameters } = await ends[0].consume({ producerId: fanout.producerId });
    await ends[1].produce({ id: fanout.producerId, kind, rtpParameters });
    side = there.place.router;
  }
  await fanout.grow(receivers, side);
  return fanout;
}
