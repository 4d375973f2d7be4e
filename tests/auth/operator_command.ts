import { assertEquals } from "@std/assert";
import { runCommand } from "../../auth/cli/run_command.ts";
import type { CommandOutcome } from "../../auth/cli/run_command.ts";
import type { Json } from "./tenants.ts";

/** The operator's command line with these settings, as it is called. */
export function commandLine(env: Readonly<Record<string, string>>) {
  return (...args: string[]): Promise<CommandOutcome> =>
    runCommand(args, { env: (name) => env[name], readFile: Deno.readTextFileSync, now: Date.now });
}

/** Runs commands that must succeed; gives what each answers. */
export function operatorCommand(env: Readonly<Record<string, string>>) {
  const call = commandLine(env);
  return async (...args: string[]): Promise<Json> => {
    const { code, text } = await call(...args, "--json");
    assertEquals([code, code === 0 ? "" : text], [0, ""]);
    return JSON.parse(text);
  };
}
