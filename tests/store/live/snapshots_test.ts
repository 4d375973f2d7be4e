import { assertEquals } from "@std/assert";
import { valueOf } from "../../../shared/actor/mod.ts";
import { liveStoreKinds } from "./live_store_kinds.ts";
import { codeOf, opening, place } from "./samples.ts";

for (const kind of liveStoreKinds) {
  Deno.test(`live store, ${kind.name} › a snapshot is fenced by the generation`, async () => {
    await using home = await kind.create();
    const store = await home.another();
    const save = (generation: number, snapshot: string) =>
      store.snapshots.ask("saveSnapshot", { meeting_id: "m-1", generation, snapshot });
    assertEquals(codeOf(await save(1, "nobody's")), "fenced");
    valueOf(await store.leases.ask("assign", { ...place, expected_generation: 0 }));
    const { generation } = valueOf(await store.leases.ask("acquire", opening));
    valueOf(await save(generation, "first"));
    valueOf(await save(generation, "second"));
    const next = valueOf(await store.leases.ask("acquire", opening));
    assertEquals(codeOf(await save(generation, "too late")), "fenced");
    assertEquals(valueOf(await store.snapshots.ask("loadSnapshot", { meeting_id: "m-1" })), "second");
    valueOf(await save(next.generation, "third"));
    assertEquals(valueOf(await store.snapshots.ask("loadSnapshot", { meeting_id: "m-1" })), "third");
  });
}
