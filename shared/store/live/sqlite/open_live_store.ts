import { openSqlite } from "../../open_sqlite.ts";
import type { Store } from "../../store.ts";
import { liveMigrations } from "./migrations.ts";
import type { LiveTables } from "./tables.ts";

/**
 * Opens the live store's file, and makes or migrates it. A service opens and closes it once before it starts the actor:
 * a damaged file is then a line for the operator. In the actor it would be a crash.
 *
 * @throws {StartError} if the file can't be opened, is damaged, or was written by a newer program
 */
export function openLiveStore(path: string): Promise<Store<LiveTables>> {
  return openSqlite<LiveTables>({ path, migrations: liveMigrations, isShared: true });
}
