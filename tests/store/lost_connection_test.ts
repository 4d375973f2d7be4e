import { assert, assertRejects } from "@std/assert";
import { sql } from "kysely";
import { isUnavailable, openDatabase } from "../../shared/store/mod.ts";
import { databaseKinds } from "./databases.ts";

const postgres = (await databaseKinds()).find(({ name }) => name === "PostgreSQL");

Deno.test({
  name:
    "lost connection › within a transaction it is an outage, whatever the rollback answers, and later queries work",
  ignore: postgres === undefined || postgres.missing,
  async fn() {
    await using database = await postgres?.create();
    if (database === undefined) throw new Error("there is no PostgreSQL");
    await using store = await openDatabase<unknown>(database.location, []);
    const broken = () =>
      store.exclusively("test", async (queries) => {
        const { rows: [own] } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(queries);
        await sql`SELECT pg_terminate_backend(${own?.pid})`.execute(store.queries);
        // Waits until the end of the connection was noticed here.
        for (;;) await sql`SELECT 1`.execute(queries);
      });
    const error = await assertRejects(broken);
    assert(isUnavailable(error), String(error));
    await store.exclusively("test", (queries) => sql`SELECT 1`.execute(queries));
  },
});
