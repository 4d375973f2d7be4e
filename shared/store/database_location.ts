import type { Migration } from "./migration.ts";
import { connectSqlite, openSqlite } from "./open_sqlite.ts";
import type { PostgresLocation } from "./postgres_location.ts";
import type { Store } from "./store.ts";

/** The location of a database, as plain data that can be posted to a Worker. */
export type DatabaseLocation =
  | { readonly kind: "sqlite"; readonly path: string }
  | PostgresLocation;

/**
 * Opens a database of either kind and migrates it. A new file of SQLite's is for its user alone.
 *
 * @throws {StartError} as `openSqlite` and `openPostgres`
 */
export async function openDatabase<DB>(
  location: DatabaseLocation,
  migrations: readonly Migration[],
): Promise<Store<DB>> {
  if (location.kind === "sqlite") {
    const { path } = location;
    await makePrivate(path);
    return await openSqlite<DB>({ path, migrations });
  }
  const { openPostgres } = await postgresModule();
  return await openPostgres<DB>({ ...location, migrations });
}

/** SQLite would make a file that everybody may read; what it makes beside a file gets the mode of that. */
async function makePrivate(path: string): Promise<void> {
  if (path === ":memory:") return;
  try {
    (await Deno.open(path, { write: true, createNew: true, mode: 0o600 })).close();
  } catch {
    // There is one, or there can be none: SQLite says which.
  }
}

/**
 * Opens once more a database that this program has opened and migrated.
 *
 * @throws {StartError} if it can't be opened
 */
export async function connectDatabase<DB>(
  location: DatabaseLocation,
  connections: number,
): Promise<Store<DB>> {
  if (location.kind === "sqlite") return await connectSqlite<DB>({ path: location.path });
  const { connectPostgres } = await postgresModule();
  return connectPostgres<DB>({ ...location, connections });
}

/** Loaded at its use: without the PostgreSQL client an isolate with an SQLite file starts in two thirds of the time. */
function postgresModule() {
  return import("./open_postgres.ts");
}
