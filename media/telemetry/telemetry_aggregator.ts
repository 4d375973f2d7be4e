import type { ActorContext, ActorRef } from "../../shared/actor/mod.ts";
import type { MediaMetrics } from "../metrics.ts";
import { gatherTraffic, noTraffic, type Traffic, type TrafficMemory } from "./gather_traffic.ts";
import { type Load, noLoad, type WorkerState } from "./load.ts";
import { type LiveSource, Telemetry } from "./telemetry_messages.ts";

export interface TelemetryInit {
  readonly metrics: MediaMetrics;
  /** Pause between two rounds of gathering traffic counts. */
  readonly periodMs: number;
}

/**
 * Owns the statistics. The routing table tells it the counts of objects at each change. It asks mediasoup for the
 * traffic periodically, a few requests at a time, so that counting doesn't hold up a large handler's signaling.
 */
export class TelemetryAggregatorActor {
  static readonly protocol = Telemetry;
  readonly #init: TelemetryInit;
  readonly #context: ActorContext<typeof Telemetry>;
  #load: Load = noLoad;
  #workers: readonly WorkerState[] = [];
  #traffic = noTraffic;
  #memory: TrafficMemory = new Map();

  constructor(init: TelemetryInit, context: ActorContext<typeof Telemetry>) {
    this.#init = init;
    this.#context = context;
  }

  onStart(): void {
    const { metrics } = this.#init;
    metrics.workerCpu.collect(() => this.#workers.map(({ index, cpu }) => [{ worker: `${index}` }, cpu]));
    metrics.workerMemory.collect(() =>
      this.#workers.map(({ index, peakMemoryBytes }) => [{ worker: `${index}` }, peakMemoryBytes])
    );
    this.#showCounts();
    this.#add(noTraffic);
  }

  counted({ load, workers }: { load: Load; workers: readonly WorkerState[] }): void {
    this.#load = load;
    this.#workers = workers;
    this.#showCounts();
  }

  workersDied({ count }: { count: number }): void {
    this.#init.metrics.workerRestarts.add({}, count);
  }

  consumeFailures({ count }: { count: number }): void {
    this.#init.metrics.consumeFailures.add({}, count);
  }

  reportsDropped({ count }: { count: number }): void {
    this.#init.metrics.reportsDropped.add({}, count);
  }

  watch({ source }: { source: ActorRef<typeof LiveSource> }): void {
    const round = () => {
      this.#context.pipe(this.#gather(source), ({ traffic, memory }) => {
        this.#memory = memory;
        this.#add(traffic);
        this.#context.after(this.#init.periodMs, round);
      });
    };
    this.#context.after(this.#init.periodMs, round);
  }

  read(): { load: Load; workers: readonly WorkerState[]; traffic: Traffic } {
    return { load: this.#load, workers: this.#workers, traffic: this.#traffic };
  }

  async #gather(source: ActorRef<typeof LiveSource>) {
    const live = await this.#context.ask(source, "liveObjects", undefined);
    return await gatherTraffic(live.ok ? live.value : [], this.#memory);
  }

  #add({ packets, bytes }: Traffic): void {
    const before = this.#traffic;
    this.#traffic = {
      packets: { in: before.packets.in + packets.in, out: before.packets.out + packets.out },
      bytes: { in: before.bytes.in + bytes.in, out: before.bytes.out + bytes.out },
    };
    const { metrics } = this.#init;
    for (const direction of ["in", "out"] as const) {
      metrics.packets.add({ direction }, packets[direction]);
      metrics.bytes.add({ direction }, bytes[direction]);
    }
  }

  #showCounts(): void {
    const { metrics } = this.#init;
    metrics.workers.set({}, this.#workers.length);
    metrics.transports.set({}, this.#load.transports);
    for (const kind of ["audio", "video"] as const) {
      metrics.producers.set({ kind }, this.#load.producers[kind]);
      metrics.consumers.set({ kind }, this.#load.consumers[kind]);
    }
  }
}
