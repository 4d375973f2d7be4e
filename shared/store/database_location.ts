import type { Migration } from "./migration.ts";
import { connectPostgres, openPostgres } from "./open_postgres.ts";
import { connectSqlite, openSqlite } from "./open_sqlite.ts";
import type { Store } from "./store.ts";

/** Where a database is, as plain data that a Worker can be given. */
export type DatabaseLocation =
  | { readonly kind: "sqlite"; readonly path: string }
  /** `postgres://user:password@host:port/database`; the password makes it a secret. */
  | { readonly kind: "postgres"; readonly url: string };

/**
 * Opens a database of either kind and migrates it.
 *
 * @throws {StartError} as `openSqlite` and `openPostgres`
 */
export function openDatabase<DB>(
  location: DatabaseLocation,
  migrations: readonly Migration[],
): Promise<Store<DB>> {
  return location.kind === "sqlite"
    ? openSqlite<DB>({ path: location.path, migrations })
    : openPostgres<DB>({ url: location.url, migrations });
}

/**
 * Opens once more a database that this program has opened and migrated.
 *
 * @throws {StartError} if it can't be opened
 */
export function connectDatabase<DB>(location: DatabaseLocation, connections: number): Promise<Store<DB>> {
  return location.kind === "sqlite"
    ? connectSqlite<DB>({ path: location.path })
    : Promise.resolve(connectPostgres<DB>({ url: location.url, connections }));
}
