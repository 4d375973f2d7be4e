import { assertEquals } from "@std/assert";
import type { Migration } from "../../shared/store/mod.ts";
import { connectDatabase, openDatabase } from "../../shared/store/mod.ts";
import { type CounterTables, storedCounters } from "../../shared/store/stored_counters.ts";
import { databaseKinds } from "./databases.ts";

const table: Migration = {
  number: 1,
  name: "counters",
  async up({ schema }) {
    await schema.createTable("counters")
      .addColumn("rule", "text", (column) => column.notNull())
      .addColumn("key", "text", (column) => column.notNull())
      .addColumn("empty_ms", "double precision", (column) => column.notNull())
      .addPrimaryKeyConstraint("counters_key", ["rule", "key"])
      .execute();
  },
};

const rate = { count: 10, periodMs: 1_000, burst: 3 };
const AT = 1_700_000_000_000.25;

for (const { name, missing: ignore, create } of await databaseKinds()) {
  Deno.test({
    name:
      `stored counters on ${name} › of processes that take and add at once none loses a cell, or waits for ever`,
    ignore,
    async fn() {
      await using database = await create();
      await using store = await openDatabase<CounterTables>(database.location, [table]);
      await using other = await connectDatabase<CounterTables>(database.location, 4);
      const both = [storedCounters(store, 50), storedCounters(other, 50)];
      const keys = Array.from({ length: 20 }, (_, index) => `key ${index}`);
      const waits = await Promise.all(both.flatMap((counters, index) => [
        ...Array.from({ length: 10 }, () => counters.takeCell({ rule: "one", key: "a", rate }, AT)),
        ...Array.from({ length: 5 }, async () => {
          // In opposite orders: what deadlocks where rows are locked one after another.
          const named = index === 0 ? keys : keys.toReversed();
          await counters.addCells(named.map((key) => ({ rule: "many", key, rate, cells: 2 })), AT);
          return 1;
        }),
      ]));
      assertEquals(waits.filter((waitMs) => waitMs === 0).length, 3);
      const [counters] = both;
      const empties = await counters?.addCells(
        keys.map((key) => ({ rule: "many", key, rate, cells: 1 })),
        AT,
      );
      assertEquals(empties?.map(Math.round), keys.map(() => 2_100));
    },
  });
}
