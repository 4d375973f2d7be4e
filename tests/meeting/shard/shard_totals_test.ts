import { assertEquals } from "@std/assert";
import { AggregatorRegistry } from "prom-client";
import { ShardTotals } from "../../../meeting/shard/shard_totals.ts";
import { createMetrics } from "../../../shared/metrics/mod.ts";

/** One life of a shard. */
function shard(life: string) {
  const metrics = createMetrics("mc");
  const joins = metrics.counter<"result">("joins_total", "Joins", ["result"]);
  const heap = metrics.gauge("heap_bytes", "Heap");
  const duration = metrics.histogram("join_duration_seconds", "Duration", [], [1]);
  return {
    join(seconds: number) {
      joins.add({ result: "joined" });
      duration.observe({}, seconds);
      heap.set({}, 100);
    },
    read: async () => ({ life, metrics: await metrics.registry.getMetricsAsJSON() }),
  };
}

async function shown(totals: ShardTotals) {
  const text = await AggregatorRegistry.aggregate(totals.all()).metrics();
  const value = (line: string) => Number(text.split("\n").find((one) => one.startsWith(line))?.split(" ")[1]);
  return {
    joins: value("mc_joins_total"),
    seconds: value("mc_join_duration_seconds_sum"),
    slow: value("mc_join_duration_seconds_count") - value('mc_join_duration_seconds_bucket{le="1"}'),
    heap: value("mc_heap_bytes"),
  };
}

Deno.test("shard totals › a shard that gives no answer keeps its values", async () => {
  const totals = new ShardTotals();
  const [one, two] = [shard("one"), shard("two")];
  one.join(1);
  two.join(2);
  totals.heard(0, await one.read());
  totals.heard(1, await two.read());
  two.join(2);
  totals.heard(1, await two.read());
  assertEquals(await shown(totals), { joins: 3, seconds: 5, slow: 2, heap: 200 });
});

Deno.test("shard totals › a shard that has ended keeps what it counted, and so does one life after another", async () => {
  const totals = new ShardTotals();
  const [other, ...lives] = ["other", "first", "second", "third"].map(shard);
  other?.join(1);
  if (other !== undefined) totals.heard(1, await other.read());
  for (const life of lives) {
    life.join(2);
    totals.heard(0, await life.read());
  }
  assertEquals(await shown(totals), { joins: 4, seconds: 7, slow: 3, heap: 200 });
  totals.lost(0);
  totals.lost(0);
  assertEquals(await shown(totals), { joins: 4, seconds: 7, slow: 3, heap: 100 });
});
