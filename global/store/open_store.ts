import { openSqlite } from "../../shared/store/mod.ts";
import type { Store } from "../../shared/store/mod.ts";
import { migrations } from "./migrations.ts";
import type { GlobalTables } from "./schema.ts";

/**
 * Opens GC's durable store in its data folder.
 *
 * @throws {StartError} as `openSqlite`
 */
export function openStore(dataDir: string): Promise<Store<GlobalTables>> {
  return openSqlite<GlobalTables>({ path: `${dataDir}/global.db`, migrations });
}
