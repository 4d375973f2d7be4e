import { openSqlite } from "../../open_sqlite.ts";
import type { Store } from "../../store.ts";
import { liveMigrations } from "./migrations.ts";
import type { LiveTables } from "./tables.ts";

/**
 * Opens the live store's file, making or migrating it. A service does so once before it starts the actor, and closes
 * it again, because in there a damaged file would be a crash instead of a line for the operator.
 *
 * @throws {StartError} if the file can't be opened, is damaged, or was written by a newer program
 */
export function openLiveStore(path: string): Promise<Store<LiveTables>> {
  return openSqlite<LiveTables>({ path, migrations: liveMigrations });
}
