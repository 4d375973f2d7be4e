import { type Kysely, sql } from "kysely";
import { StartError } from "../../service/start_error.ts";
import { type DatabaseLocation, openDatabase } from "../database_location.ts";
import { toLine } from "./lines.ts";
import type { Rows, Transferred } from "./transferred.ts";

const PAGE = 1_000;

/**
 * Writes all rows of a database as lines of JSON, as they are at one moment; others write meanwhile. The next line comes
 * once `write` has resolved.
 *
 * @throws {StartError} as `openDatabase`, and if there is no such file
 */
export async function exportDatabase(
  { service, tables, migrations, location }: Transferred,
  write: (line: string) => void | Promise<void>,
): Promise<number> {
  await assertThere(location);
  await using store = await openDatabase<Rows>(location, migrations);
  return await store.snapshot(async (queries) => {
    const { rows: [schema] } = await sql<
      { number: number }
    >`SELECT max(number) AS number FROM schema_migrations`
      .execute(queries);
    await write(JSON.stringify({ dark_tower: service, schema: schema?.number }));
    let rows = 0;
    for (const table of tables) {
      for await (const row of rowsOf(queries, table)) {
        await write(toLine(table.name, row));
        rows++;
      }
    }
    await write(JSON.stringify({ rows }));
    return rows;
  });
}

/** A table's rows by their key, in pages. Each begins after the last row of the one before, which the key's index finds. */
async function* rowsOf(
  queries: Kysely<Rows>,
  { name, key }: Transferred["tables"][number],
): AsyncGenerator<Record<string, unknown>> {
  const first = key.reduce(
    (query, column) => query.orderBy(column),
    queries.selectFrom(name).selectAll().limit(PAGE),
  );
  let page = await first.execute();
  yield* page;
  for (let last = page.at(-1); last !== undefined && page.length === PAGE; last = page.at(-1)) {
    page = await first.where(isAfter(key, last)).execute();
    yield* page;
  }
}

function isAfter(key: readonly string[], row: Record<string, unknown>) {
  const columns = sql.join(key.map((column) => sql.ref(column)));
  return sql<boolean>`(${columns}) > (${sql.join(key.map((column) => row[column]))})`;
}

/** A mistyped folder must not become an empty database. */
async function assertThere(location: DatabaseLocation): Promise<void> {
  if (location.kind !== "sqlite") return;
  const isThere = await Deno.stat(location.path).then(() => true, () => false);
  if (!isThere) {
    throw new StartError(`there is no database ${location.path}: DT_DATA_DIR must name its folder`);
  }
}
