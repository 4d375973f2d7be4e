/** How often the turns of all shards of a controller were late by at most each bound, in seconds, since its start. */
export type Delays = ReadonlyMap<number, number>;

/** Reads how late the shards' turns were, from the metrics of their controller. */
export async function shardDelays(controlPort: number): Promise<Delays> {
  const metrics = await (await fetch(`http://127.0.0.1:${controlPort}/metrics`)).text();
  const buckets = metrics.matchAll(/^mc_shard_turn_delay_seconds_bucket\{le="([^"]+)"\} (\d+)$/gm);
  return new Map(
    [...buckets].map(([, bound, count]) => [bound === "+Inf" ? Infinity : Number(bound), Number(count)]),
  );
}

/** The bound, in milliseconds, within which this share of the turns between two readings came. */
export function delayQuantileMs(from: Delays, to: Delays, share: number): number {
  const counts = [...to].map(([bound, count]) => [bound, count - (from.get(bound) ?? 0)] as const);
  const all = Math.max(...counts.map(([, count]) => count));
  const found = counts.find(([, count]) => count >= share * all);
  return (found?.[0] ?? NaN) * 1_000;
}
