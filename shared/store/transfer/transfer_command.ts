import { load } from "../../config/load.ts";
import type { Definition } from "../../config/settings.ts";
import { OutputError, printError, printOut } from "../../service/output.ts";
import { StartError } from "../../service/start_error.ts";
import { textLines } from "../../text_lines.ts";
import { exportDatabase } from "./export_database.ts";
import { importDatabase } from "./import_database.ts";
import type { Transferred } from "./transferred.ts";

const DIRECTIONS = ["export", "import"] as const;
export type Direction = typeof DIRECTIONS[number];

/** Which way a command line transfers a database; `undefined` for another command, and for `--help`. */
export function directionOf(args: readonly string[]): Direction | undefined {
  return args.includes("--help") ? undefined : DIRECTIONS.find((direction) => direction === args[0]);
}

/**
 * Exports a database to standard output, or imports it from standard input, as the first of `args` says; more of them are
 * refused. Answers the exit code. `definition` has the settings that say where the database is.
 */
export async function transferCommand<V extends object>(
  [direction, surplus]: readonly [Direction, ...string[]],
  definition: Definition<V>,
  databaseOf: (values: V) => Transferred,
): Promise<number> {
  const { service } = definition.program;
  if (surplus !== undefined) {
    const what = surplus.startsWith("--") ? `${surplus} is not an option of` : `"${surplus}" is too much for`;
    return refuse(service, `${what}: ${direction}`);
  }
  const loaded = load(definition, { env: (name) => Deno.env.get(name), readFile: Deno.readTextFileSync });
  if (!loaded.ok) return refuse(service, loaded.message);
  try {
    const database = databaseOf(loaded.value);
    const rows = direction === "export"
      ? await exportDatabase(database, (line) => printOut(`${line}\n`))
      : await importDatabase(database, textLines(Deno.stdin.readable));
    printError(`${service}: ${direction}ed ${rows} rows\n`);
    return 0;
  } catch (error) {
    if (error instanceof OutputError) return refuse(service, error.message, 1);
    if (!(error instanceof StartError)) throw error;
    return refuse(service, error.message.replaceAll(/\s*\n\s*/g, " "));
  }
}

function refuse(service: string, message: string, code = 2): number {
  printError(`${service}: ${message}\n`);
  return code;
}
