import { textLines } from "../../text_lines.ts";

/** What is started: a program, its arguments and its whole environment. */
export interface ChildProgram {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface ChildExit {
  readonly code: number;
  readonly signal: string | null;
  /** The last lines it wrote, of both streams. */
  readonly lines: readonly string[];
  readonly lifetimeMs: number;
}

export interface RunningChild {
  readonly pid: number;
  /** Resolves when the process has ended and all that it wrote was read. */
  readonly exit: Promise<ChildExit>;
  kill(signal: "SIGTERM" | "SIGKILL"): void;
}

const KEPT_LINES = 12;

/**
 * Starts a `deno` process with nothing of this process's environment. Its standard input stays open for as long as
 * this process lives, so that its end tells the child that its parent is gone.
 */
export function startChild(program: ChildProgram, onLine: (line: string) => void): RunningChild {
  const startedAt = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: [...program.args],
    clearEnv: true,
    env: { ...program.env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const lines: string[] = [];
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const line of textLines(stream)) {
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
      onLine(line);
    }
  };
  const exit = Promise.all([child.status, read(child.stdout), read(child.stderr)]).then(
    async ([status]) => {
      await child.stdin.close().catch(() => {});
      return {
        code: status.code,
        signal: status.signal,
        lines,
        lifetimeMs: performance.now() - startedAt,
      };
    },
  );
  return {
    pid: child.pid,
    exit,
    kill(signal) {
      try {
        child.kill(signal);
      } catch {
        // It has ended by itself.
      }
    },
  };
}
