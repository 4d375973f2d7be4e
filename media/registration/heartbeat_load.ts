import type { ActorRef } from "../../shared/actor/mod.ts";
import type { WorkerState } from "../telemetry/load.ts";
import type { Telemetry } from "../telemetry/telemetry_messages.ts";

/**
 * This handler's load for a heartbeat, or `undefined` when the telemetry doesn't answer. `fullPercent` is the CPU load
 * from which on an SFU worker takes nobody new.
 */
export async function heartbeatLoad(telemetry: ActorRef<typeof Telemetry>, fullPercent: number) {
  const read = await telemetry.ask("read", undefined);
  if (!read.ok) return undefined;
  const { load: { transports, producers, consumers }, workers } = read.value;
  return {
    transports,
    producers: producers.audio + producers.video,
    consumers: consumers.audio + consumers.video,
    cpu_percent: cpuPercent(workers, fullPercent),
  };
}

/** The mean CPU load of the workers. It reaches `fullPercent`, the capacity, when each of them is full, and only then. */
export function cpuPercent(workers: readonly WorkerState[], fullPercent: number): number {
  if (workers.every(({ isFull }) => isFull)) return fullPercent;
  const sum = workers.reduce((total, { cpu }) => total + cpu, 0);
  return Math.min(Math.round(100 * sum / workers.length), fullPercent - 1);
}
