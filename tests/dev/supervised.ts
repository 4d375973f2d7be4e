import { textLines } from "../../shared/text_lines.ts";
import type { ServiceProcess } from "../../shared/dev/services.ts";
import { freePorts } from "../free_ports.ts";

/** A running supervisor whose output can be waited for. */
export interface Supervised extends AsyncDisposable {
  readonly pid: number;
  /**
   * Resolves with the first line, of either stream, that contains the text, or with a later one by its number; rejects
   * when the output ends before.
   */
  line(text: string, number?: number): Promise<string>;
  readonly lines: readonly string[];
  readonly exitCode: Promise<number>;
  kill(signal: "SIGTERM" | "SIGINT" | "SIGKILL"): void;
}

/** Runs a Deno program and gathers its lines. It is killed when the test leaves the scope. */
export function superviseProgram(args: readonly string[], env: Record<string, string> = {}): Supervised {
  return superviseCommand(Deno.execPath(), { args: [...args], env });
}

/** Runs a task of this checkout and gathers its lines. It is told to end when the test leaves the scope. */
export function superviseTask(args: readonly string[], env: Record<string, string>): Supervised {
  // `deno task` hands on SIGTERM. After its SIGKILL the program that it runs would go on.
  return superviseCommand(Deno.execPath(), { args: ["task", "--quiet", ...args], env }, "SIGTERM");
}

/** Runs any program in the same way. */
export function superviseCommand(
  program: string,
  options: Deno.CommandOptions,
  last: "SIGTERM" | "SIGKILL" = "SIGKILL",
): Supervised {
  const child = new Deno.Command(program, {
    ...options,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const lines: string[] = [];
  const waiters = new Set<() => void>();
  let ended = false;
  const wake = () => waiters.forEach((waiter) => waiter());
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const line of textLines(stream)) {
      lines.push(line);
      wake();
    }
  };
  const exitCode = Promise.all([child.status, read(child.stdout), read(child.stderr)]).then(([status]) => {
    ended = true;
    wake();
    return status.code;
  });
  return {
    pid: child.pid,
    lines,
    exitCode,
    kill: (signal) => child.kill(signal),
    line: (text, number = 1) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = lines.filter((line) => line.includes(text))[number - 1];
          if (found === undefined && !ended) return;
          waiters.delete(look);
          if (found !== undefined) resolve(found);
          else reject(new Error(`the output ended without "${text}":\n${lines.join("\n")}`));
        };
        waiters.add(look);
        look();
      }),
    async [Symbol.asyncDispose]() {
      if (!ended) child.kill(last);
      await exitCode;
    },
  };
}

/** A small service on a port of its own, with a behaviour that `small_service.ts` knows. */
export function smallService(name: string, behaviour = "serve"): ServiceProcess {
  const port = freePorts(1);
  return {
    name,
    service: "auth",
    args: [
      "run",
      "-q",
      "--no-prompt",
      `--allow-net=127.0.0.1:${port}`,
      "--allow-env",
      new URL("./programs/small_service.ts", import.meta.url).pathname,
    ],
    env: { DT_PORT: String(port), DT_BEHAVIOUR: behaviour },
    readyUrl: `http://127.0.0.1:${port}/ready`,
  };
}

/** The supervisor of `up` around small services, in a process of its own. */
export function superviseServices(
  processes: readonly ServiceProcess[],
  logFolder: string,
  env: Record<string, string> = {},
): Supervised {
  const program = new URL("./programs/run_small_services.ts", import.meta.url).pathname;
  return superviseProgram(["run", "-q", "-A", program, JSON.stringify(processes), logFolder], env);
}

/** Resolves when nothing listens at the address any more. */
export async function untilSilent(url: string): Promise<void> {
  for (;;) {
    try {
      await (await fetch(url)).body?.cancel();
    } catch {
      return;
    }
  }
}
