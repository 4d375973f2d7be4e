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
  let rest = new TextEncoder().encode(text);
  const stream = code === 0 ? Deno.stdout : Deno.stderr;
  while (rest.length > 0) rest = rest.subarray(stream.writeSync(rest));
  return Deno.exit(code);
}
