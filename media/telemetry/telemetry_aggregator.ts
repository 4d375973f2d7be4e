import type { ActorContext, ActorRef } from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import type { MediaMetrics } from "../metrics.ts";
import type { LiveObjects } from "./live_objects.ts";
import { type Load, noLoad, type WorkerState } from "./load.ts";
import { measure, type Measured } from "./measure.ts";
import type { BandwidthLimits } from "./bandwidth.ts";
import { type Judgements, observe } from "./observe.ts";
import { showStreams } from "./show_streams.ts";
import { type LiveSource, Telemetry } from "./telemetry_messages.ts";
import { addTraffic, noTraffic, type Traffic, trafficSince } from "./traffic.ts";

export interface TelemetryInit {
  readonly metrics: MediaMetrics;
  /** Pause between two rounds of gathering traffic counts. */
  readonly periodMs: number;
  /** What each participant may send. */
  readonly bandwidth: BandwidthLimits;
  /** The owner of the objects whose traffic is counted, as of the first round. Without it there are no rounds. */
  readonly source?: () => ActorRef<typeof LiveSource>;
}

/** What a round has gathered. */
interface Gathered {
  readonly live: readonly LiveObjects[];
  readonly sampledMs: number;
  readonly measured: Measured;
}

/**
 * Owns the statistics. The routing table tells it the counts of objects at each change. It asks mediasoup for
 * the statistics of all objects periodically, and judges each participant's quality by them.
 */
export class TelemetryAggregatorActor {
  static readonly protocol = Telemetry;
  readonly #init: TelemetryInit;
  readonly #context: ActorContext<typeof Telemetry>;
  readonly #log = logger("telemetry");
  #load: Load = noLoad;
  #workers: readonly WorkerState[] = [];
  #traffic = noTraffic;
  #measured: Measured | undefined;
  /** When its transports were sampled. */
  #sampledMs = 0;
  #judgements: Judgements = new Map();

  constructor(init: TelemetryInit, context: ActorContext<typeof Telemetry>) {
    this.#init = init;
    this.#context = context;
  }

  onStart(): void {
    const { metrics, source } = this.#init;
    metrics.workerCpu.collect(() => this.#workers.map(({ index, cpu }) => [{ worker: `${index}` }, cpu]));
    metrics.workerMemory.collect(() =>
      this.#workers.map(({ index, peakMemoryBytes }) => [{ worker: `${index}` }, peakMemoryBytes])
    );
    this.#showCounts();
    this.#add(noTraffic);
    if (source !== undefined) this.#nextRound(source);
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

  read(): { load: Load; workers: readonly WorkerState[]; traffic: Traffic } {
    return { load: this.#load, workers: this.#workers, traffic: this.#traffic };
  }

  #nextRound(source: () => ActorRef<typeof LiveSource>): void {
    this.#context.after(this.#init.periodMs, () => {
      this.#context.pipe(this.#gather(source()), (gathered) => {
        if (gathered !== undefined) this.#note(gathered, source());
        this.#nextRound(source);
      });
    });
  }

  /** Nothing where not all objects are known: those that are left out would count from their start in the next round. */
  async #gather(source: ActorRef<typeof LiveSource>): Promise<Gathered | undefined> {
    const outcome = await this.#context.ask(source, "liveObjects", undefined);
    if (!outcome.ok) return undefined;
    const live = outcome.value;
    // The transports come first, and the rest of a round may take long.
    const sampledMs = this.#context.clock.now();
    return { live, sampledMs, measured: await measure(live) };
  }

  #note({ live, sampledMs, measured }: Gathered, source: ActorRef<typeof LiveSource>): void {
    const before = this.#measured;
    const elapsedMs = sampledMs - this.#sampledMs;
    // After a failure of this actor the counters have what was carried before its first round.
    if (before !== undefined) this.#add(trafficSince(measured, before));
    this.#measured = measured;
    this.#sampledMs = sampledMs;
    const { metrics, bandwidth } = this.#init;
    const round = { live, measured, before, elapsedMs, judgements: this.#judgements };
    const { observations, judgements } = observe(round, bandwidth);
    this.#judgements = judgements;
    showStreams(metrics, measured, judgements);
    for (const { excesses } of observations) {
      metrics.excesses.add({}, excesses.filter(({ closed }) => closed).length);
    }
    const told = source.tell("observed", observations);
    if (told !== "accepted") this.#log.debug("the routing table was not told of a round", { told });
  }

  #add(traffic: Traffic): void {
    this.#traffic = addTraffic(this.#traffic, traffic);
    const { metrics } = this.#init;
    for (const direction of ["in", "out"] as const) {
      metrics.packets.add({ direction }, traffic.packets[direction]);
      metrics.packetsLost.add({ direction }, traffic.lost[direction]);
      metrics.bytes.add({ direction }, traffic.bytes[direction]);
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
