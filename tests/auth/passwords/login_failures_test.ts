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
      const failures = loginFailures(store, waits, () => now);
      const attempt = async (key: string) => (await failures.attempt(key)).waitMs;
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

  Deno.test({
    name: `login failures on ${name} › an attempt that could not be looked at makes no wait longer`,
    ignore,
    async fn() {
      await using database = await create();
      await using store = await openDatabase<Tables>(database.location, migrations);
      let now = Date.UTC(2030, 0, 1);
      const { attempt } = loginFailures(store, waits, () => now);
      for (let failure = 0; failure < 2; failure++) await attempt("ada");
      now += 1_000;
      for (let again = 0; again < 3; again++) {
        const { waitMs, withdraw } = await attempt("ada");
        assertEquals(waitMs, 0);
        await withdraw();
      }
      await attempt("ada");
      assertEquals((await attempt("ada")).waitMs, 2_000, "the third failure");
      const first = await attempt("eve");
      await attempt("eve");
      now += 1;
      await first.withdraw();
      assertEquals((await attempt("eve")).waitMs, 0, "one failure is left");
    },
  });
}
