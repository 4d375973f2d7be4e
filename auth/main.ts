import { program } from "../shared/service/mod.ts";
import { runCommand } from "./cli/main.ts";
import { definition } from "./settings.ts";
import { start } from "./start.ts";

/** `deno task auth -- client list`: the operator's commands, in the same program. */
async function command(args: readonly string[]): Promise<never> {
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

if (import.meta.main) {
  const args = Deno.args[0] === "--" ? Deno.args.slice(1) : Deno.args;
  const [first] = args;
  await (first === undefined || first.startsWith("--") ? program(definition, start) : command(args));
}
