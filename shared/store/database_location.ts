import type { Migration } from "./migration.ts";
import { connectSqlite, openSqlite } from "./open_sqlite.ts";
import type { PostgresLocation } from "./postgres_location.ts";
import type { Store } from "./store.ts";

/** The location of a database, as plain data that can be posted to a Worker. */
export type DatabaseLocation =
  | { readonly kind: "sqlite"; readonly path: string }
  | PostgresLocation;

/**
 * Opens a database of either kind and migrates it.
 *
 * @throws {StartError} as `openSqlite` and `openPostgres`
 */
export async function openDatabase<DB>(
  location: DatabaseLocation,
  migrations: readonly Migration[],
): Promise<Store<DB>> {
  if (location.kind === "sqlite") return await openSqlite<DB>({ path: location.path, migrations });
  const { openPostgres } = await postgresModule();
  return await openPostgres<DB>({ ...location, migrations });
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
