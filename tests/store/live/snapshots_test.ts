import { assertEquals } from "@std/assert";
import { valueOf } from "../../../shared/actor/mod.ts";
import { KEPT_MESSAGES } from "../../../shared/store/live/mod.ts";
import { liveStoreKinds } from "./live_store_kinds.ts";
import { codeOf, opening, place } from "./samples.ts";

for (const kind of liveStoreKinds) {
  Deno.test(`live store, ${kind.name} › a snapshot is fenced by the generation`, async () => {
    await using home = await kind.create();
    const store = await home.another();
    const save = (generation: number, snapshot: string) =>
      store.snapshots.ask("saveSnapshot", { meeting_id: "m-1", generation, snapshot, chat: [] });
    const load = async () =>
      valueOf(await store.snapshots.ask("loadSnapshot", { meeting_id: "m-1" })).snapshot;
    assertEquals(codeOf(await save(1, "nobody's")), "fenced");
    valueOf(await store.leases.ask("assign", { ...place, expected_generation: 0 }));
    const { generation } = valueOf(await store.leases.ask("acquire", opening));
    valueOf(await save(generation, "first"));
    valueOf(await save(generation, "second"));
    const next = valueOf(await store.leases.ask("acquire", opening));
    assertEquals(codeOf(await save(generation, "too late")), "fenced");
    assertEquals(await load(), "second");
    valueOf(await save(next.generation, "third"));
    assertEquals(await load(), "third");
  });

  Deno.test(`live store, ${kind.name} › the chat is appended, each number once, and the last ones are kept`, async () => {
    await using home = await kind.create();
    const store = await home.another();
    valueOf(await store.leases.ask("assign", { ...place, expected_generation: 0 }));
    const { generation } = valueOf(await store.leases.ask("acquire", opening));
    const append = (numbers: readonly number[], snapshot: string | null = null, by = generation) => {
      const chat = numbers.map((number) => ({ number, message: `message ${number}` }));
      return store.snapshots.ask("saveSnapshot", { meeting_id: "m-1", generation: by, snapshot, chat });
    };
    const load = async () => {
      const { snapshot, chat } = valueOf(await store.snapshots.ask("loadSnapshot", { meeting_id: "m-1" }));
      return { snapshot, numbers: chat.map(({ number }) => number), first: chat[0]?.message };
    };
    valueOf(await append([1, 2], "state"));
    // The answer to this write was lost: the next one has it again.
    valueOf(await append([3]));
    valueOf(await append([3]));
    valueOf(await append([3, 4]));
    assertEquals(await load(), { snapshot: "state", numbers: [1, 2, 3, 4], first: "message 1" });
    assertEquals(codeOf(await append([5], "too late", generation - 1)), "fenced");
    assertEquals((await load()).numbers, [1, 2, 3, 4]);
    valueOf(await append(Array.from({ length: KEPT_MESSAGES }, (_, i) => i + 5)));
    const { numbers } = await load();
    assertEquals([numbers.length, numbers[0]], [KEPT_MESSAGES, 5]);
    for (let n = 205; n <= 210; n++) valueOf(await append([n]));
    const later = (await load()).numbers;
    assertEquals([later.length, later[0], later.at(-1)], [KEPT_MESSAGES, 11, 210]);
  });
}
