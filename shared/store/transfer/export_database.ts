import { sql } from "kysely";
import { StartError } from "../../service/start_error.ts";
import { type DatabaseLocation, openDatabase } from "../database_location.ts";
import { toLine } from "./lines.ts";
import type { Rows, Transferred } from "./transferred.ts";

const PAGE = 1_000;

/**
 * Writes all rows of a database as lines of JSON, as they are at one moment: other writers wait meanwhile.
 *
 * @throws {StartError} as `openDatabase`, and if there is no such file
 */
export async function exportDatabase(
  { service, tables, migrations, location }: Transferred,
  write: (line: string) => void,
): Promise<number> {
  await assertThere(location);
  await using store = await openDatabase<Rows>(location, migrations);
  return await store.exclusively("export", async (queries) => {
    const { rows: [schema] } = await sql<
      { number: number }
    >`SELECT max(number) AS number FROM schema_migrations`
      .execute(queries);
    write(JSON.stringify({ dark_tower: service, schema: schema?.number }));
    let rows = 0;
    for (const { name, key } of tables) {
      for (
        let page: readonly unknown[] = [], offset = 0;
        offset === 0 || page.length === PAGE;
        offset += PAGE
      ) {
        const query = queries.selectFrom(name).selectAll().limit(PAGE).offset(offset);
        const found = await key.reduce((ordered, column) => ordered.orderBy(column), query).execute();
        for (const row of found) write(toLine(name, row));
        rows += found.length;
        page = found;
      }
    }
    write(JSON.stringify({ rows }));
    return rows;
  });
}

/** A mistyped folder must not become an empty database. */
async function assertThere(location: DatabaseLocation): Promise<void> {
  if (location.kind !== "sqlite") return;
  const isThere = await Deno.stat(location.path).then(() => true, () => false);
  if (!isThere) {
    throw new StartError(`there is no database ${location.path}: DT_DATA_DIR must name its folder`);
  }
}
