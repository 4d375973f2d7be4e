import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { migrations } from "../../../auth/store/migrations.ts";
import type { SessionRow, Tables, UserRow } from "../../../auth/store/schema.ts";
import { transferredAuth } from "../../../auth/store/transferred.ts";
import { transferredGlobal } from "../../../global/store/transferred.ts";
import { openDatabase, type Rows, type Store, type Transferred } from "../../../shared/store/mod.ts";
import { exportDatabase } from "../../../shared/store/transfer/export_database.ts";
import { importDatabase } from "../../../shared/store/transfer/import_database.ts";
import { addOrganization } from "../../auth/add_organization.ts";
import { databaseKinds } from "../databases.ts";

/** More than two pages. */
const USERS = 2_500;
const IN_ONE_STATEMENT = 500;

const idOf = (number: number) => String(number).padStart(5, "0");

function userOf(user_id: string): UserRow {
  return {
    user_id,
    organization_id: "org-acme",
    email: `${user_id}@example.org`,
    display_name: "Ada",
    password_hash: "",
    roles: "[]",
    disabled: 0,
    disabled_at: null,
    roles_changed_at: null,
    created_at: 0,
  };
}

function sessionOf(user_id: string): SessionRow {
  return {
    session_id: `of ${user_id}`,
    user_id,
    secret_hash: new Uint8Array([1]),
    previous_hash: null,
    confirmed: 1,
    rotated_at: 0,
    created_at: 0,
    expires_at: 1,
  };
}

async function addUsers({ queries }: Store<Tables>, ids: readonly string[]): Promise<void> {
  for (let from = 0; from < ids.length; from += IN_ONE_STATEMENT) {
    const some = ids.slice(from, from + IN_ONE_STATEMENT);
    await queries.insertInto("users").values(some.map(userOf)).execute();
    await queries.insertInto("sessions").values(some.map(sessionOf)).execute();
  }
}

async function exported(database: Transferred): Promise<string[]> {
  const lines: string[] = [];
  await exportDatabase(database, (line) => void lines.push(line));
  return lines;
}

for (const { name, missing: ignore, create } of await databaseKinds()) {
  Deno.test({
    name: `export of ${name} › is of one moment while others write, who need not wait for it`,
    ignore,
    async fn() {
      await using database = await create();
      const from = transferredAuth(database.location);
      await using running = await openDatabase<Tables>(database.location, migrations);
      await addOrganization(running, "acme");
      await addUsers(running, Array.from({ length: USERS }, (_, n) => idOf(n)));
      const before = await exported(from);
      const lines: string[] = [];
      let changes = 0;
      await exportDatabase(from, async (line) => {
        lines.push(line);
        if (lines.length % 400 !== 10) return;
        // Sessions go with their user. The new one comes before, among or after those that are already written.
        await running.queries.deleteFrom("users").where("user_id", "=", idOf(changes * 200)).execute();
        await addUsers(running, [`${idOf(changes * 230)} new`]);
        changes++;
      });
      assertEquals(lines, before);
      assert(changes > 10, String(changes));
      assertNotEquals(await exported(from), before);
      await using there = await create();
      const to = transferredAuth(there.location);
      async function* again() {
        yield* lines;
      }
      assertEquals(await importDatabase(to, again()), 2 * USERS + 1);
      assertEquals(await exported(to), before);
    },
  });

  Deno.test({
    name: `export of ${name} › has each row once, also where pages end within the first column of a key`,
    ignore,
    async fn() {
      await using database = await create();
      const from = transferredGlobal(database.location);
      await using store = await openDatabase<Rows>(database.location, from.migrations);
      const names: string[] = [];
      for (const meeting_id of ["a", "b", "c"]) {
        const rows = Array.from({ length: 700 }, (_, n) => ({
          meeting_id,
          sub: idOf(n),
          claims: "{}",
          issued_at: n,
        }));
        await store.queries.insertInto("identities").values(rows).execute();
        names.push(...rows.map(({ sub }) => `${meeting_id} ${sub}`));
      }
      const rows = (await exported(from)).map((line) => JSON.parse(line).row).filter((row) =>
        row !== undefined
      );
      assertEquals(rows.map(({ meeting_id, sub }) => `${meeting_id} ${sub}`), names);
    },
  });
}
