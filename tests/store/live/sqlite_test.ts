import { assert, assertEquals } from "@std/assert";
import { createScope, inWorker, valueOf } from "../../../shared/actor/mod.ts";
import { openLiveStore } from "../../../shared/store/live/mod.ts";
import { LiveStoreActor } from "../../../shared/store/live/sqlite/live_store_actor.ts";
import { liveStoreHome } from "../../../shared/store/live/sqlite/live_store_home.ts";
import { codeOf } from "./samples.ts";

Deno.test("live store in a file › its Worker can do its work with the file's folder alone", async () => {
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-live-" });
  try {
    await using scope = createScope();
    const path = `${folder}/live.db`;
    const { module, permissions } = liveStoreHome(path);
    assertEquals(permissions, { read: [folder], write: [folder] });
    const elsewhere = `${folder}-elsewhere.db`;
    const store = scope.spawn(LiveStoreActor, { path: elsewhere }, {
      home: inWorker(module, { permissions }),
      policy: { directive: "stop" },
    });
    assertEquals(codeOf(await store.ask("controllers", undefined)) === "ok", false);
    assertEquals(await Deno.stat(elsewhere).catch((error) => error instanceof Deno.errors.NotFound), true);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("live store in a file › counters are forgotten when they are empty, and when there are too many", async () => {
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-live-" });
  try {
    const path = `${folder}/live.db`;
    await using scope = createScope();
    const store = scope.spawn(LiveStoreActor, { path, counters: 50 }, { home: liveStoreHome(path) });
    await using file = await openLiveStore(path);
    const kept = async () => {
      const rows = await file.queries.selectFrom("counters").select("key").orderBy("empty_ms").execute();
      return rows.map(({ key }) => key);
    };
    const take = async (key: string, at_ms: number) => {
      const rate = { count: 1, periodMs: 1_000, burst: 1 };
      const taken = store.ask("takeCell", { rule: "r", key, rate, at_ms }, { timeoutMs: 60_000 });
      assertEquals(valueOf(await taken), 0);
    };
    // The sweep at the 101st new counter keeps the fifty that will be empty last.
    for (let n = 0; n <= 100; n++) await take(`k${n}`, n);
    assertEquals(await kept(), Array.from({ length: 50 }, (_, n) => `k${n + 51}`));
    // The next sweep is at the 201st, when the others are empty.
    for (let n = 101; n < 200; n++) await take(`k${n}`, 150);
    await take("late", 1_000_000);
    assertEquals(await kept(), ["late"]);
    // An existing counter doesn't replace another one.
    await take("late", 1_001_000);
    assert((await kept()).includes("late"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
