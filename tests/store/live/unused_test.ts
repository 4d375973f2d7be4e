import { assertEquals } from "@std/assert";
import { createScope, valueOf } from "../../../shared/actor/mod.ts";
import { type LiveStore, openLiveStore, startLiveStore } from "../../../shared/store/live/mod.ts";
import { liveMigrations } from "../../../shared/store/live/sqlite/migrations.ts";
import { openSqlite } from "../../../shared/store/mod.ts";
import { liveStoreKinds } from "./live_store_kinds.ts";
import { codeOf, opening, place } from "./samples.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const since = { unused_ms: 24 * HOUR_MS, unopened_ms: HOUR_MS };
const { controller_id, instance_id, shard } = place;

async function unusedIn({ leases }: LiveStore): Promise<string[]> {
  const unused = valueOf(await leases.ask("unused", since));
  return unused.map(({ meeting_id }) => meeting_id).toSorted();
}

function assign({ leases }: LiveStore, meeting_id: string, more: object = {}) {
  return leases.ask("assign", { ...place, meeting_id, expected_generation: 0, ...more });
}

function hold({ leases }: LiveStore, meeting_ids: string[], by = instance_id) {
  return leases.ask("hold", { meeting_ids, controller_id, instance_id: by });
}

for (const kind of liveStoreKinds) {
  const test = (behaviour: string, body: () => Promise<void>) =>
    Deno.test(`live store, ${kind.name} › ${behaviour}`, body);

  test("a lease is unused after its time, and one that was never opened sooner", async () => {
    await using home = await kind.create();
    const store = await home.another();
    valueOf(await assign(store, "never opened"));
    valueOf(await assign(store, "opened"));
    const opened = valueOf(await store.leases.ask("acquire", { ...opening, meeting_id: "opened" }));
    assertEquals(await unusedIn(store), []);
    for (const id of ["never opened", "opened"]) await home.age(id, 2 * HOUR_MS);
    assertEquals(await unusedIn(store), ["never opened"]);
    await home.age("opened", 23 * HOUR_MS);
    assertEquals(await unusedIn(store), ["never opened", "opened"]);
    const { generation } = opened;
    const [told] = valueOf(await store.leases.ask("unused", { ...since, unopened_ms: 100 * HOUR_MS }));
    assertEquals(told, { meeting_id: "opened", controller_id, instance_id, shard, generation });
  });

  test("a lease that its controller holds isn't unused, whatever others hold", async () => {
    await using home = await kind.create();
    const store = await home.another();
    const { generation } = valueOf(await assign(store, "m-1"));
    await home.age("m-1", 30 * HOUR_MS);
    const lease = { meeting_id: "m-1", controller_id, instance_id, shard, generation };
    assertEquals(valueOf(await hold(store, ["m-1", "m-2"], "another run")), [lease]);
    assertEquals(await unusedIn(store), ["m-1"]);
    assertEquals(valueOf(await hold(store, ["m-1", "m-2"])), [lease]);
    assertEquals(await unusedIn(store), []);
    valueOf(await store.leases.ask("forget", { meeting_ids: ["m-1"], ...since }));
    assertEquals(valueOf(await store.leases.ask("lease", { meeting_id: "m-1" }))?.generation, generation);
  });

  test("a lease that is held is noted as used every ten minutes, not at each hold", async () => {
    await using home = await kind.create();
    const store = await home.another();
    valueOf(await assign(store, "m-1"));
    const isUsed = async () => {
      valueOf(await hold(store, ["m-1"]));
      const recently = { unused_ms: 4 * MINUTE_MS, unopened_ms: 4 * MINUTE_MS };
      return valueOf(await store.leases.ask("unused", recently)).length === 0;
    };
    await home.age("m-1", 5 * MINUTE_MS);
    assertEquals(await isUsed(), false);
    await home.age("m-1", 5 * MINUTE_MS);
    assertEquals(await isUsed(), true);
  });

  test("an assignment, an opening and what is written back are uses", async () => {
    await using home = await kind.create();
    const store = await home.another();
    const { generation } = valueOf(await assign(store, "m-1"));
    await home.age("m-1", 30 * HOUR_MS);
    const again = valueOf(await assign(store, "m-1", { term: 2, expected_generation: generation }));
    assertEquals(await unusedIn(store), []);
    await home.age("m-1", 30 * HOUR_MS);
    const lease = valueOf(await store.leases.ask("acquire", { ...opening, meeting_id: "m-1" }));
    assertEquals([await unusedIn(store), lease.generation], [[], again.generation + 1]);
    await home.age("m-1", 30 * HOUR_MS);
    await home.empty();
    valueOf(await store.leases.ask("writeBack", lease));
    assertEquals(await unusedIn(store), []);
    await home.age("m-1", 30 * HOUR_MS);
    assertEquals(await unusedIn(store), ["m-1"]);
  });

  test("a forgotten meeting leaves nothing; it is placed anew, or written back by whoever runs it", async () => {
    await using home = await kind.create();
    const store = await home.another();
    const chat = [{ number: 1, message: "hello" }];
    for (const meeting_id of ["m-1", "m-2", "m-3"]) {
      valueOf(await assign(store, meeting_id));
      const { generation } = valueOf(await store.leases.ask("acquire", { ...opening, meeting_id }));
      valueOf(await store.snapshots.ask("saveSnapshot", { meeting_id, generation, snapshot: "state", chat }));
    }
    const running = valueOf(await store.leases.ask("lease", { meeting_id: "m-2" }));
    for (const id of ["m-1", "m-2", "m-3"]) await home.age(id, 30 * HOUR_MS);
    valueOf(await store.leases.ask("forget", { meeting_ids: ["m-1", "m-2"], ...since }));
    assertEquals(await unusedIn(store), ["m-3"]);
    const load = async (meeting_id: string) =>
      valueOf(await store.snapshots.ask("loadSnapshot", { meeting_id }));
    assertEquals(await load("m-1"), { snapshot: null, chat: [] });
    assertEquals(await load("m-3"), { snapshot: "state", chat });
    assertEquals(valueOf(await store.leases.ask("lease", { meeting_id: "m-1" })), null);
    assertEquals(codeOf(await assign(store, "m-1", { term: 2 })), "ok");
    if (running !== null) valueOf(await store.leases.ask("writeBack", running));
    assertEquals(valueOf(await store.leases.ask("lease", { meeting_id: "m-2" })), running);
  });

  test("a released meeting is not among the unused ones", async () => {
    await using home = await kind.create();
    const store = await home.another();
    const { generation } = valueOf(await assign(store, "m-1"));
    await home.age("m-1", 30 * HOUR_MS);
    valueOf(await store.leases.ask("release", { meeting_id: "m-1", generation }));
    assertEquals(await unusedIn(store), []);
  });
}

Deno.test("live store in a file › leases of an older program count as used when the file is migrated", async () => {
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-live-" });
  try {
    const path = `${folder}/live.db`;
    const row = {
      ...opening,
      generation: 1,
      handlers: JSON.stringify(place.handlers),
      facts: JSON.stringify(place.facts),
      written_back: 0,
    };
    {
      await using before = await openSqlite<{ leases: typeof row }>({
        path,
        migrations: liveMigrations.filter(({ number }) => number < 7),
      });
      await before.queries.insertInto("leases").values(row).execute();
    }
    await using scope = createScope();
    const store = startLiveStore(scope, { kind: "sqlite", path });
    const asked = await store.leases.ask("lease", { meeting_id: "m-1" }, { timeoutMs: 60_000 });
    assertEquals(valueOf(asked)?.generation, 1);
    assertEquals(await unusedIn(store), []);
    await using file = await openLiveStore(path);
    await file.queries.updateTable("leases").set((eb) => ({ used_ms: eb("used_ms", "-", 25 * HOUR_MS) }))
      .execute();
    assertEquals(await unusedIn(store), ["m-1"]);
    // As one is that an older program has placed since.
    await file.queries.updateTable("leases").set({ used_ms: 0 }).execute();
    assertEquals(await unusedIn(store), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
