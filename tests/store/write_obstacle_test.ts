import { assertEquals } from "@std/assert";
import { sql } from "kysely";
import { connectDatabase, openDatabase, writeObstacle } from "../../shared/store/mod.ts";
import { cable } from "../cable.ts";
import { createPostgresDatabase, databaseKinds } from "./databases.ts";

const postgres = (await databaseKinds()).find(({ name }) => name === "PostgreSQL");
const ignore = postgres === undefined || postgres.missing;

Deno.test({
  name:
    "write obstacle › PostgreSQL that is away, or may only be read, is told apart; with it back there is none",
  ignore,
  async fn() {
    await using database = await createPostgresDatabase();
    const url = new URL(database.url);
    const name = url.pathname.slice(1);
    await using way = cable(url.hostname, Number(url.port || 5432));
    url.hostname = "127.0.0.1";
    url.port = String(way.port);
    await using store = await openDatabase<unknown>({ kind: "postgres", url: url.href }, []);
    assertEquals([await writeObstacle(store), await writeObstacle(store)], [undefined, undefined]);
    way.cut();
    assertEquals(await writeObstacle(store), "the database does not answer");
    way.mend();
    while (await writeObstacle(store) !== undefined);
    await sql`ALTER DATABASE ${sql.id(name)} SET default_transaction_read_only = on`.execute(store.queries);
    // A session has the setting from its beginning.
    await using reader = await connectDatabase<unknown>({ kind: "postgres", url: database.url }, 1);
    const said = "the database can't be written: cannot execute INSERT in a read-only transaction";
    assertEquals(await writeObstacle(reader), said);
  },
});
