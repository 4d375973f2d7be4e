import type { DatabaseLocation } from "../../shared/store/mod.ts";
import type { Settings } from "../settings.ts";

/** Where AC's tables are: PostgreSQL where one is named, otherwise a file in its own folder. */
export function databaseLocation(
  { databaseUrl, databaseConnections, dataDir }: Pick<
    Settings,
    "databaseUrl" | "databaseConnections" | "dataDir"
  >,
): DatabaseLocation {
  return databaseUrl === undefined
    ? { kind: "sqlite", path: `${dataDir}/auth.db` }
    : { kind: "postgres", url: databaseUrl.reveal(), connections: databaseConnections };
}
