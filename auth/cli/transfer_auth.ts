import { settings } from "../../shared/config/mod.ts";
import { type Direction, transferCommand } from "../../shared/store/mod.ts";
import { definition } from "../settings.ts";
import { databaseLocation } from "../store/database_location.ts";
import { transferredAuth } from "../store/transferred.ts";

/** `deno task auth -- export` and `import`. They need no master key: what it seals is transferred as it is. */
export async function transferAuth(direction: Direction, more: readonly string[]): Promise<number> {
  const { dataDir, databaseUrl, databaseConnections } = definition.fields;
  const located = settings(definition.program, { dataDir, databaseUrl, databaseConnections });
  return await transferCommand(
    [direction, ...more],
    located,
    (values) => transferredAuth(databaseLocation(values)),
  );
}
