import { assertEquals } from "@std/assert";
import { valueOf } from "../../../shared/actor/mod.ts";
import { firstGeneration } from "../../../shared/store/live/mod.ts";
import { addController, addHandler, registries, registryAndStore } from "../support/registries.ts";
import { codeOf } from "../../store/live/samples.ts";

Deno.test("take back › a meeting that was handed over and that nobody opened comes back in a new term", async () => {
  await using all = await registries();
  const { registry, live } = await registryAndStore(all);
  await addHandler(registry, "mh-1");
  await addController(registry, "mc-1");
  const { lease: before } = valueOf(await registry.ask("place", { meeting_id: "m-1" }));
  await addController(registry, "mc-2");
  const meeting_id = "m-1";
  const given = valueOf(await registry.ask("handOver", { meeting_id })).lease;
  assertEquals([given.controller_id, given.generation], ["mc-2", firstGeneration(2)]);

  const { controller_id, instance_id, shard } = before;
  const back = { meeting_id, owner: "meeting", shard: { controller_id, instance_id, shard } };
  assertEquals(codeOf(await registry.ask("takeBack", { ...back, owner: "mallory" })), "owned_by_another");
  const gone = { ...back.shard, instance_id: "earlier" };
  assertEquals(codeOf(await registry.ask("takeBack", { ...back, shard: gone })), "owned_by_another");
  valueOf(await registry.ask("takeBack", back));
  const { generation, ...taken } = valueOf(await live.leases.ask("lease", { meeting_id })) ?? before;
  assertEquals(generation, firstGeneration(3));
  const { generation: _, ...wanted } = { ...given, controller_id, instance_id, shard };
  assertEquals(taken, wanted, "with the handlers that have its media");

  const late = { meeting_id, controller_id: "mc-2", instance_id: "first", shard: given.shard };
  assertEquals(codeOf(await live.leases.ask("acquire", late)), "not_here");
  valueOf(await live.leases.ask("acquire", { meeting_id, ...back.shard }));
  valueOf(await registry.ask("takeBack", back));
  const other = { ...back, shard: { ...back.shard, controller_id: "mc-2" } };
  assertEquals(codeOf(await registry.ask("takeBack", other)), "changed", "somebody runs it");
});

Deno.test("take back › a controller that asks twice at once gets the same answer to both", async () => {
  await using all = await registries();
  const { registry, live } = await registryAndStore(all);
  await addHandler(registry, "mh-1");
  await addController(registry, "mc-1");
  const meeting_id = "m-1";
  const { lease: before } = valueOf(await registry.ask("place", { meeting_id }));
  await addController(registry, "mc-2");
  valueOf(await registry.ask("handOver", { meeting_id }));
  const { controller_id, instance_id, shard } = before;
  const back = { meeting_id, owner: "meeting", shard: { controller_id, instance_id, shard } };
  const answers = await Promise.all([registry.ask("takeBack", back), registry.ask("takeBack", back)]);
  assertEquals(answers.map(({ ok }) => ok), [true, true]);
  assertEquals(valueOf(await live.leases.ask("lease", { meeting_id }))?.controller_id, "mc-1");
});
