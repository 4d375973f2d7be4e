/** The words behind a program's name; a task hands on the `--` before them as well. */
export function ownArguments(args: readonly string[] = Deno.args): readonly string[] {
  return args[0] === "--" ? args.slice(1) : args;
}
