import type { DatabaseSync } from "node:sqlite";
import { SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from "kysely";
import type { Dialect } from "kysely";
import { SqliteDriver } from "./sqlite_driver.ts";

/**
 * Kysely over one open `node:sqlite` database, which the dialect closes when Kysely is destroyed. A query waits up to
 * `busyTimeoutMs` for other connections' writes.
 */
export function sqliteDialect(database: DatabaseSync, busyTimeoutMs: number): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new SqliteDriver(database, busyTimeoutMs),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}
