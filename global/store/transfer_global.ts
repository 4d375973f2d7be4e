import { settings } from "../../shared/config/mod.ts";
import { type Direction, transferCommand } from "../../shared/store/mod.ts";
import { globalSettings } from "../settings.ts";
import { databaseLocation } from "./open_store.ts";
import { transferredGlobal } from "./transferred.ts";

/** `deno task global -- export` and `import`. */
export async function transferGlobal(direction: Direction, more: readonly string[]): Promise<number> {
  const { dataDir, databaseUrl, databaseConnections } = globalSettings.fields;
  const located = settings(globalSettings.program, { dataDir, databaseUrl, databaseConnections });
  return await transferCommand(
    [direction, ...more],
    located,
    (values) => transferredGlobal(databaseLocation(values)),
  );
}
