import { textLines } from "../text_lines.ts";

export interface CommandOptions {
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Ends the program with SIGTERM. */
  readonly signal?: AbortSignal;
  readonly onLine?: (line: string, from: "stdout" | "stderr") => void;
}

/** How a program ended, with its last lines in the order in which they came. */
export interface CommandResult {
  readonly success: boolean;
  readonly code: number;
  readonly lines: readonly string[];
}

const KEPT_LINES = 40;

/** Runs a program to its end. One that can't be started is a result with code 127, as in a shell. */
export async function runCommand(program: string, options: CommandOptions): Promise<CommandResult> {
  const lines: string[] = [];
  try {
    const child = new Deno.Command(program, {
      args: [...options.args],
      ...options.cwd === undefined ? {} : { cwd: options.cwd },
      ...options.env === undefined ? {} : { env: { ...options.env } },
      ...options.signal === undefined ? {} : { signal: options.signal },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>, from: "stdout" | "stderr") => {
      for await (const line of textLines(stream)) {
        lines.push(line);
        if (lines.length > KEPT_LINES) lines.shift();
        options.onLine?.(line, from);
      }
    };
    const [status] = await Promise.all([
      child.status,
      read(child.stdout, "stdout"),
      read(child.stderr, "stderr"),
    ]);
    return { success: status.success, code: status.code, lines };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { success: false, code: 127, lines: [...lines, `${program}: ${reason}`] };
  }
}
