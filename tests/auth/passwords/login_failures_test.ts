import { assertEquals } from "@std/assert";
import { loginFailures } from "../../../auth/passwords/login_failures.ts";
import { migrations } from "../../../auth/store/migrations.ts";
import type { Tables } from "../../../auth/store/schema.ts";
import { openDatabase } from "../../../shared/store/mod.ts";
import { databaseKinds } from "../../store/databases.ts";

const HOUR = 3_600_000;
const waits = { freeFailures: 2, firstWaitMs: 1_000, longestWaitMs: 4_000 };

for (const { name, missing: ignore, create } of await databaseKinds()) {
  Deno.test({
    name:
      `login failures on ${name} › a clock that is set back makes no wait longer than the longest, and they end`,
    ignore,
    async fn() {
      await using database = await create();
      await using store = await openDatabase<Tables>(database.location, migrations);
      let now = Date.UTC(2030, 0, 1);
      const { attempt } = loginFailures(store, waits, () => now);
      assertEquals([await attempt("ada"), await attempt("ada"), await attempt("ada")], [0, 0, 1_000]);
      now -= HOUR;
      assertEquals(await attempt("ada"), 1_000);
      now += 400;
      assertEquals(await attempt("ada"), 600);
      now += 600;
      // What failed before still counts: the next wait is twice as long.
      assertEquals([await attempt("ada"), await attempt("ada")], [0, 2_000]);
      // Of another machine, whose clock is a little behind: nothing is forgotten for it.
      now -= 500;
      assertEquals(await attempt("ada"), 2_000);
      now += 500;
      assertEquals(await attempt("ada"), 2_000);
      now += 2_000;
      assertEquals(await attempt("ada"), 0);
    },
  });
}
