import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { sql } from "kysely";
import { transferredAuth } from "../../../auth/store/transferred.ts";
import { transferredGlobal } from "../../../global/store/transferred.ts";
import { StartError } from "../../../shared/service/mod.ts";
import { type DatabaseLocation, openDatabase } from "../../../shared/store/mod.ts";
import { exportDatabase } from "../../../shared/store/transfer/export_database.ts";
import { importDatabase } from "../../../shared/store/transfer/import_database.ts";
import type { Rows, Transferred } from "../../../shared/store/mod.ts";
import { databaseKinds } from "../databases.ts";

const services = [transferredAuth, transferredGlobal];
/** Not worth moving: an hour's counts. */
const LEFT_BEHIND = ["counters"];

async function* linesOf(lines: readonly string[]) {
  yield* lines;
}

async function exported(database: Transferred): Promise<string[]> {
  const lines: string[] = [];
  await exportDatabase(database, (line) => void lines.push(line));
  return lines;
}

/** Puts `count` rows into each table, with every column filled by its type, bytes and nulls too. */
async function fill({ location, migrations, tables }: Transferred, count: number): Promise<void> {
  await using store = await openDatabase<Rows>(location, migrations);
  for (const { name } of tables) {
    const { rows: columns } = await sql<{ name: string; type: string; notnull: number; pk: number }>`
      SELECT name, type, "notnull", pk FROM pragma_table_info(${name})`.execute(store.queries);
    for (let n = 0; n < count; n++) {
      const cells = columns.map(({ name: column, type, notnull, pk }) => {
        const isNullable = notnull === 0 && pk === 0;
        if (isNullable && n % 2 === 1) return [column, null];
        if (/bigint/i.test(type)) return [column, 1_700_000_000_000 + n];
        if (/int/i.test(type)) return [column, n];
        if (/blob/i.test(type)) return [column, new Uint8Array([0, 255, n % 256])];
        if (column === "organization_id") return [column, "0 organization_id"];
        if (column === "user_id") return [column, name === "users" ? `${n} user_id` : "0 user_id"];
        return [column, `${n} ${column} "ä\n`];
      });
      const row: Record<string, unknown> = Object.fromEntries(cells);
      if (name === "organizations") row.organization_id = `${n} organization_id`;
      await store.queries.insertInto(name).values(row).execute();
    }
  }
}

for (const { name, missing: ignore, create } of await databaseKinds()) {
  for (const database of services) {
    const { service } = database({ kind: "sqlite", path: "" });
    Deno.test({
      name: `transfer › ${service}'s every row is the same in ${name}, and on its way back`,
      ignore,
      async fn() {
        const folder = await Deno.makeTempDir();
        await using there = await create();
        const from = database({ kind: "sqlite", path: `${folder}/from.db` });
        await fill(from, 3);
        const lines = await exported(from);
        const to = database(there.location);
        assertEquals(await importDatabase(to, linesOf(lines)), 3 * from.tables.length);
        const away = await exported(to);
        assertEquals(away.toSorted(), lines.toSorted());
        const back = database({ kind: "sqlite", path: `${folder}/back.db` });
        await importDatabase(back, linesOf(away));
        assertEquals(await exported(back), lines);
        const refused = await assertRejects(() => importDatabase(to, linesOf(lines)), StartError);
        assertMatch(refused.message, /the database is not empty: its table \w+ has rows/);
        await Deno.remove(folder, { recursive: true });
      },
    });
  }
}

for (const database of services) {
  const sample = database({ kind: "sqlite", path: "" });

  Deno.test(`transfer › ${sample.service}'s tables are all in an export, but those named here`, async () => {
    const folder = await Deno.makeTempDir();
    const location: DatabaseLocation = { kind: "sqlite", path: `${folder}/a.db` };
    {
      await using store = await openDatabase<Rows>(location, sample.migrations);
      const { rows } = await sql<{ name: string }>`SELECT name FROM sqlite_master WHERE type = 'table'`
        .execute(store.queries);
      const expected = rows.map(({ name }) => name)
        .filter((name) =>
          name !== "schema_migrations" && !name.startsWith("sqlite_") && !LEFT_BEHIND.includes(name)
        );
      assertEquals(sample.tables.map(({ name }) => name).toSorted(), expected.toSorted());
    }
    await Deno.remove(folder, { recursive: true });
  });

  Deno.test(`transfer › an export that ${sample.service} can't take is refused in one line, and nothing is imported`, async () => {
    const folder = await Deno.makeTempDir();
    const from = database({ kind: "sqlite", path: `${folder}/from.db` });
    await fill(from, 2);
    const lines = await exported(from);
    const [first = ""] = lines;
    const { dark_tower, schema } = JSON.parse(first);
    const to = database({ kind: "sqlite", path: `${folder}/to.db` });
    const refusal = async (given: readonly string[]) => {
      const { message } = await assertRejects(() => importDatabase(to, linesOf(given)), StartError);
      return message;
    };
    const newer = JSON.stringify({ dark_tower, schema: schema + 1 });
    assertMatch(await refusal([newer, ...lines.slice(1)]), /it was written by a newer program/);
    assertMatch(await refusal(['{"dark_tower":"media","schema":1}']), /no export of the service/);
    assertMatch(await refusal([]), /no export of the service/);
    assertMatch(await refusal(lines.slice(0, -1)), /incomplete: nothing was imported/);
    assertMatch(await refusal(lines.toSpliced(-2, 1)), /incomplete/);
    assertMatch(await refusal([first, "{}"]), /line 2 of the export can't be read/);
    assertEquals((await exported(to)).length, 2);
    await Deno.remove(folder, { recursive: true });
  });
}
