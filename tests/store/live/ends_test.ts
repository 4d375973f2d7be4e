import { assertEquals } from "@std/assert";
import { valueOf } from "../../../shared/actor/mod.ts";
import { liveStoreKinds } from "./live_store_kinds.ts";
import { codeOf, opening, place } from "./samples.ts";

for (const kind of liveStoreKinds) {
  Deno.test(`live store, ${kind.name} › an end answers the shard that runs the meeting, a second end too`, async () => {
    await using home = await kind.create();
    const store = await home.another();
    const { meeting_id } = place;
    const end = () => store.leases.ask("end", { meeting_id, at_ms: 1_000 });
    valueOf(await store.leases.ask("assign", { ...place, expected_generation: 0 }));
    const { generation } = valueOf(await store.leases.ask("acquire", opening));
    const { controller_id, instance_id, shard } = opening;
    assertEquals(valueOf(await end()), { controller_id, instance_id, shard });
    assertEquals(codeOf(await store.leases.ask("acquire", opening)), "not_here");
    valueOf(await store.leases.ask("release", { meeting_id, generation }));
    assertEquals(valueOf(await end()), { controller_id, instance_id, shard });
    assertEquals(codeOf(await store.leases.ask("assign", { ...place, expected_generation: 0 })), "ended");
  });

  Deno.test(`live store, ${kind.name} › an end concurrent with a placement answers its shard, or has it refused`, async () => {
    await using home = await kind.create();
    const [one, two] = [await home.another(), await home.another()];
    for (let round = 0; round < 20; round++) {
      const meeting_id = `m-${round}`;
      const [placed, ended] = await Promise.all([
        one.leases.ask("assign", { ...place, meeting_id, expected_generation: 0 }),
        two.leases.ask("end", { meeting_id, at_ms: 1_000 }),
      ]);
      assertEquals([codeOf(placed), valueOf(ended) === null], placed.ok ? ["ok", false] : ["ended", true]);
    }
  });

  Deno.test(`live store, ${kind.name} › a meeting that ended a day ago is forgotten`, async () => {
    await using home = await kind.create();
    const store = await home.another();
    valueOf(await store.leases.ask("end", { meeting_id: place.meeting_id, at_ms: 1_000 }));
    const assign = () => store.leases.ask("assign", { ...place, expected_generation: 0 });
    assertEquals(codeOf(await assign()), "ended");
    valueOf(await store.leases.ask("end", { meeting_id: "another", at_ms: 1_001 + 24 * 3_600_000 }));
    assertEquals(codeOf(await assign()), "ok");
  });
}
