import { mediaCodecs } from "../../../media/routing/codecs.ts";
import { valueOf } from "../../../shared/actor/mod.ts";
import { startHandler } from "../../media/fixtures/handler.ts";
import type { Row } from "../row.ts";
import { type Fanout, openFanout, packetBytes } from "./fanout.ts";

/** Per tick of 10 ms: a camera's large layer, 1.6 Mbit/s. */
const packetsPerTick = 2;
const ticks = 200;
const first = 100;
const most = 3_000;
const growth = 1.2;
const mostLoss = 0.001;

interface Tried {
  readonly loss: number;
  /** The share of a core that the worker used. */
  readonly share: number;
}

/** The better of two turns: what others do on the machine is seldom in both. */
async function tried(fanout: Fanout, consumers: number): Promise<Tried> {
  const turns: Tried[] = [];
  for (let turn = 0; turn < 2; turn++) {
    const { sent, forwarded, seconds, cpuSeconds } = await fanout.turn(ticks, packetsPerTick);
    turns.push({ loss: 1 - forwarded / (sent * consumers), share: cpuSeconds / seconds });
  }
  const [best] = turns.sort((one, other) => one.loss - other.loss);
  return best ?? { loss: 1, share: 0 };
}

/** How many consumers one SFU worker carries until it loses more than a packet in a thousand. */
export async function benchConsumersACore(): Promise<readonly Row[]> {
  const handler = await startHandler({ statisticsMs: 600_000 });
  const [worker] = handler.workers;
  if (worker === undefined) throw new Error("The handler has no worker");
  const { router } = valueOf(await worker.ask("createRouter", { meeting_id: "bench", mediaCodecs }));
  const { pid } = valueOf(await worker.ask("describe", undefined));
  await using fanout = await openFanout(router, [pid], () => handler[Symbol.asyncDispose]());
  let carried = 0;
  let told = "the most that were tried";
  for (let consumers = first; consumers <= most; consumers = Math.round(consumers * growth)) {
    await fanout.grow(consumers);
    const { loss, share } = await tried(fanout, consumers);
    if (loss > mostLoss) {
      told = `${consumers}: ${(100 * loss).toFixed(1)} % lost, at ${Math.round(100 * share)} % of a core`;
      break;
    }
    carried = consumers;
  }
  const bitrate = packetsPerTick * 100 * packetBytes * 8 / 1e6;
  return [{
    name: `consumers of ${bitrate} Mbit/s that one core carries with at most ${100 * mostLoss} % of loss`,
    value: carried,
    unit: "",
    peer: told,
  }];
}
