import { endWith, printError } from "../../shared/service/output.ts";
import { directionOf } from "../../shared/store/mod.ts";
import { runCommand } from "./run_command.ts";
import { transferAuth } from "./transfer_auth.ts";

/** `deno task auth -- client list`: runs one of the operator's commands and ends the program with its exit code. */
export async function operatorCommand(args: readonly string[]): Promise<never> {
  const direction = directionOf(args);
  if (direction !== undefined) return Deno.exit(await transferAuth(direction, args.slice(1)));
  const { code, text } = await runCommand(args, {
    env: (name) => Deno.env.get(name),
    readFile: (path) => Deno.readTextFileSync(path),
    now: Date.now,
  });
  if (code === 0) return endWith("auth", code, text);
  printError(text);
  return Deno.exit(code);
}
