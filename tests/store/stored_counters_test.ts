import { assert, assertEquals } from "@std/assert";
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
      .addColumn("counted_ms", "double precision", (column) => column.notNull())
      .addPrimaryKeyConstraint("counters_key", ["rule", "key"])
      .execute();
  },
};

const rate = { count: 10, periodMs: 1_000, burst: 3 };
const AT = 1_700_000_000_000.25;
const HOUR = 3_600_000;

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

  Deno.test({
    name:
      `stored counters on ${name} › a clock that is set back leaves waits as long as they were, and they end`,
    ignore,
    async fn() {
      await using database = await create();
      await using store = await openDatabase<CounterTables>(database.location, [table]);
      const counters = storedCounters(store, 50);
      const taken = { rule: "one", key: "a", rate };
      const added = { rule: "many", key: "a", rate };
      for (let n = 0; n < 3; n++) assertEquals(await counters.takeCell(taken, AT), 0);
      await counters.addCells([{ ...added, cells: 5 }], AT);
      const back = AT - HOUR;
      assertEquals(await counters.takeCell(taken, back), 100);
      assertEquals(await counters.takeCell(taken, back + 40), 60);
      assertEquals(await counters.takeCell(taken, back + 100), 0);
      const [emptyInMs = Infinity] = await counters.addCells([{ ...added, cells: 1 }], back);
      assertEquals(Math.round(emptyInMs), 600);
      assertEquals(await counters.takeCell(added, back + 100), 300);
      // Clocks of two machines that differ by little: nothing is forgotten for it.
      const [laterMs = 0] = await counters.addCells([{ ...added, cells: 1 }], back - 1_000);
      assert(laterMs > 1_000, String(laterMs));
    },
  });

  Deno.test({
    name: `stored counters on ${name} › those that a clock which was ahead left behind displace no others`,
    ignore,
    async fn() {
      await using database = await create();
      await using store = await openDatabase<CounterTables>(database.location, [table]);
      const counters = storedCounters(store, 10);
      const slow = { count: 1, periodMs: 60_000, burst: 1 };
      const take = (key: string, atMs: number) => counters.takeCell({ rule: "slow", key, rate: slow }, atMs);
      // The sweep comes with the hundredth further counter, which is the first one at the right time.
      for (let n = 0; n < 100; n++) assertEquals(await take(`ahead ${n}`, AT + n), 0);
      assertEquals(await take("mine", AT - HOUR), 0);
      assertEquals(await take("mine", AT - HOUR), 60_000);
      assertEquals(await take("ahead 99", AT - HOUR), 60_000);
      assertEquals(await take("ahead 0", AT - HOUR), 0);
    },
  });
}
