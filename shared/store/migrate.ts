import { sql } from "kysely";
import { StartError } from "../service/start_error.ts";
import type { ColumnTypes, Migration } from "./migration.ts";
import type { Store } from "./store.ts";

/**
 * Brings a database to the newest schema: every missing step in one write transaction, under a lock that keeps
 * several processes from doing it at once.
 *
 * @throws {StartError} if a newer program has migrated the database, or it holds another program's tables
 * @throws the database's error, if it can't be written
 */
export async function migrate(
  { exclusively }: Pick<Store<unknown>, "exclusively">,
  types: ColumnTypes,
  migrations: readonly Migration[],
): Promise<void> {
  const newest = migrations.length;
  await exclusively("migrate", async (queries) => {
    await sql`CREATE TABLE IF NOT EXISTS schema_migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL)`
      .execute(queries);
    // Finds out now whether the database can be written: this deletes nothing, and fails where it can't be.
    await sql`DELETE FROM schema_migrations WHERE number < 0`.execute(queries);
    const { rows } = await sql<Step>`SELECT number, name FROM schema_migrations ORDER BY number`
      .execute(queries);
    const foreign = rows.find(({ number, name }) => name !== (migrations[number - 1]?.name ?? name));
    if (foreign !== undefined) {
      throw new StartError(
        `the database has other tables than this program's (step ${foreign.number} is "${foreign.name}"): ` +
          "give each service a database or a schema of its own",
      );
    }
    const done = rows.at(-1)?.number ?? 0;
    if (done > newest) {
      throw new StartError(
        `the database has schema version ${done}, this program knows ${newest}: it was written by a newer program`,
      );
    }
    for (const { number, name, up } of migrations.slice(done)) {
      await up(queries, types);
      await sql`INSERT INTO schema_migrations (number, name) VALUES (${number}, ${name})`.execute(queries);
    }
  }, { forLocks: true });
}

type Step = Pick<Migration, "number" | "name">;
