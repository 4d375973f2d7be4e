import { openDatabase } from "../../shared/store/mod.ts";
import type { DatabaseLocation, Store } from "../../shared/store/mod.ts";
import type { GlobalSettings } from "../settings.ts";
import { migrations } from "./migrations.ts";
import type { GlobalTables } from "./schema.ts";

/** GC's tables in PostgreSQL: AC may use the same database, with tables of the same names. */
const SCHEMA = "dark_tower_global";

type DatabaseSettings = Pick<GlobalSettings, "databaseUrl" | "databaseConnections" | "dataDir">;

/**
 * Opens GC's durable store: PostgreSQL where one is named, otherwise a file in the data folder.
 *
 * @throws {StartError} as `openDatabase`
 */
export function openStore(settings: DatabaseSettings): Promise<Store<GlobalTables>> {
  return openDatabase<GlobalTables>(databaseLocation(settings), migrations);
}

export function databaseLocation(
  { databaseUrl, databaseConnections, dataDir }: DatabaseSettings,
): DatabaseLocation {
  if (databaseUrl === undefined) return { kind: "sqlite", path: `${dataDir}/global.db` };
  return { kind: "postgres", url: databaseUrl.reveal(), schema: SCHEMA, connections: databaseConnections };
}
