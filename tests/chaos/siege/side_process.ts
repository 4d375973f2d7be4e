import { textLines } from "../../../shared/text_lines.ts";

/** A program of `tests/chaos/programs/` that is told things by its standard input, and prints lines. */
export interface SideProcess {
  readonly pid: number;
  tell(line: string): Promise<void>;
  /** The next line that it prints. */
  line(): Promise<string>;
  /** Ends its standard input; answers the last line that it prints. */
  end(): Promise<string>;
}

/** Starts a program with one argument, as JSON. What is `isLow` gets the time of the processor that nobody else wants. */
export function startSideProcess(name: string, argument: unknown, { isLow = false } = {}): SideProcess {
  const program = new URL(`../programs/${name}.ts`, import.meta.url).pathname;
  const command = [Deno.execPath(), "run", "--quiet", "--no-check", "-A", program, JSON.stringify(argument)];
  const [first = "", ...args] = isLow ? ["nice", "-n", "19", ...command] : command;
  const child = new Deno.Command(first, { args, stdin: "piped", stdout: "piped", stderr: "inherit" }).spawn();
  const lines = textLines(child.stdout);
  const input = child.stdin.getWriter();
  const line = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${name} has ended`);
    return value;
  };
  return {
    pid: child.pid,
    async tell(text) {
      await input.write(new TextEncoder().encode(`${text}\n`));
    },
    line,
    async end() {
      await input.close();
      const last = await line();
      await child.status;
      return last;
    },
  };
}
