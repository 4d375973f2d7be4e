/** A command line taken apart: words, and options by their names. The value of a flag is empty. */
export interface Arguments {
  readonly words: readonly string[];
  readonly options: ReadonlyMap<string, string>;
}

/** What was wrong with a command line, in one line for whoever wrote it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * Takes a command line apart; `flags` are the options without a value.
 *
 * @throws {UsageError} if an option lacks its value, or has two
 */
export function parseArguments(args: readonly string[], flags: ReadonlySet<string>): Arguments {
  const words: string[] = [];
  const options = new Map<string, string>();
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? "";
    if (!arg.startsWith("--")) {
      words.push(arg);
      continue;
    }
    const [name = "", inline] = splitOnce(arg.slice(2));
    if (flags.has(name)) {
      if (inline !== undefined) throw new UsageError(`--${name} takes no value`);
      options.set(name, "");
      continue;
    }
    const next = args[index + 1];
    // What looks like an option is one, and the value was forgotten; `--name=--x` says that it is meant.
    const value = inline ?? (next?.startsWith("--") ? undefined : next);
    if (value === undefined || value === "") throw new UsageError(`--${name} needs a value`);
    if (options.has(name)) throw new UsageError(`--${name} is given twice`);
    if (inline === undefined) index++;
    options.set(name, value);
  }
  return { words, options };
}

function splitOnce(text: string): [string, string | undefined] {
  const at = text.indexOf("=");
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
