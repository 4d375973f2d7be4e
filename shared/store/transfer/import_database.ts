import type { Kysely } from "kysely";
import { StartError } from "../../service/start_error.ts";
import { openDatabase } from "../database_location.ts";
import { footer, fromCells, header, rowLine } from "./lines.ts";
import type { Rows, Transferred } from "./transferred.ts";

/** Few enough for the number of values in one statement, whichever the database. */
const CHUNK = 100;

/**
 * Fills an empty database with what `exportDatabase` wrote, all or nothing, and brings it to this program's schema.
 *
 * @throws {StartError} if the export is another service's, a newer program's or incomplete, or the database isn't empty
 */
export async function importDatabase(target: Transferred, lines: AsyncIterable<string>): Promise<number> {
  const { tables, migrations, location } = target;
  const reading = lines[Symbol.asyncIterator]();
  const schema = await readHeader(target, reading);
  let rows: number;
  {
    // The tables as they were where the export was made.
    await using store = await openDatabase<Rows>(location, migrations.slice(0, schema));
    const patience = { forLocks: true, inPauses: true };
    rows = await store.exclusively("import", (queries) => insertAll(queries, tables, reading), patience);
  }
  await (await openDatabase<Rows>(location, migrations))[Symbol.asyncDispose]();
  return rows;
}

async function readHeader(
  { service, migrations }: Transferred,
  reading: AsyncIterator<string>,
): Promise<number> {
  const { value, done } = await reading.next();
  const read = header.safeParse(done ? undefined : parse(value));
  if (!read.success || read.data.dark_tower !== service) {
    throw new StartError(`this is no export of the service "${service}"`);
  }
  const { schema } = read.data;
  if (schema > migrations.length) {
    throw new StartError(
      `the export has schema version ${schema}, this program knows ${migrations.length}: ` +
        "it was written by a newer program",
    );
  }
  return schema;
}

async function assertEmpty(queries: Kysely<Rows>, table: string): Promise<void> {
  const row = await queries.selectFrom(table).selectAll().limit(1).executeTakeFirst();
  if (row !== undefined) throw new StartError(`the database is not empty: its table ${table} has rows`);
}

async function insertAll(
  queries: Kysely<Rows>,
  tables: Transferred["tables"],
  reading: AsyncIterator<string>,
): Promise<number> {
  const known = new Set(tables.map(({ name }) => name));
  let rows = 0;
  let pending: Record<string, unknown>[] = [];
  let table = "";
  const flush = async () => {
    if (pending.length > 0) await queries.insertInto(table).values(pending).execute();
    pending = [];
  };
  for (let next = await reading.next(); !next.done; next = await reading.next()) {
    const value = parse(next.value);
    const end = footer.safeParse(value);
    if (end.success) {
      await flush();
      if (end.data.rows === rows) return rows;
      break;
    }
    const line = rowLine.safeParse(value);
    if (!line.success || !known.has(line.data.table)) {
      throw new StartError(`line ${rows + 2} of the export can't be read`);
    }
    if (line.data.table !== table || pending.length === CHUNK) await flush();
    if (line.data.table !== table) await assertEmpty(queries, line.data.table);
    table = line.data.table;
    pending.push(fromCells(line.data.row));
    rows++;
  }
  throw new StartError("the export is incomplete: nothing was imported");
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
