import { AggregatorRegistry } from "prom-client";

/** What one life of a shard has counted, in prom-client's JSON. */
export interface ShardReading {
  /** Another one after each restart, at which everything is counted from zero again. */
  readonly life: string;
  readonly metrics: readonly unknown[];
}

/**
 * The metrics of all shards, whose counters never fall: Prometheus takes a sum that falls for a restart of the whole
 * controller, and everything that the other shards have counted for news.
 */
export class ShardTotals {
  readonly #last = new Map<number, ShardReading>();
  /** The counters and histograms of lives that are over, added up. */
  #before: readonly unknown[] = [];

  heard(shard: number, reading: ShardReading): void {
    const last = this.#last.get(shard);
    if (last !== undefined && last.life !== reading.life) this.lost(shard);
    this.#last.set(shard, reading);
  }

  /** The shard's life is over. What has a value only while a shard lives goes with it. */
  lost(shard: number): void {
    const last = this.#last.get(shard);
    if (last === undefined) return;
    this.#last.delete(shard);
    const counted = last.metrics.filter(isCounted);
    this.#before = AggregatorRegistry.aggregate([this.#before, counted]).getMetricsAsArray();
  }

  /** To be added up, by prom-client's `AggregatorRegistry`. A shard that gave no answer has what it had before. */
  all(): (readonly unknown[])[] {
    return [this.#before, ...[...this.#last.values()].map(({ metrics }) => metrics)];
  }
}

function isCounted(metric: unknown): boolean {
  if (typeof metric !== "object" || metric === null || !("type" in metric)) return false;
  return metric.type === "counter" || metric.type === "histogram";
}
