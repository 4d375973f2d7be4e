import { assert } from "@std/assert";
import { controllerMetrics } from "../../../meeting/shard/controller_metrics.ts";
import { startShard } from "../support/shard.ts";

Deno.test("shard metrics › the heap of all shards' isolates is added up", async () => {
  await using shard = await startShard();
  const heap = async (shards: number) => {
    const source = controllerMetrics(Array.from({ length: shards }, () => shard.ref), new Date());
    return Number(/^mc_shard_heap_bytes (\d+)$/m.exec(await source.metrics())?.[1]);
  };
  const one = await heap(1);
  // An isolate with the shard's code has megabytes; a collection between the two readings takes a part of them.
  assert(one > 1_000_000, String(one));
  const three = await heap(3);
  assert(three > 1.5 * one, `${three} of three shards, ${one} of one`);
});
