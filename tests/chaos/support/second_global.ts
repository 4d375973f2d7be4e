import { childrenOf } from "../../dev/running_up.ts";
import type { Stack } from "../../e2e/stack.ts";
import { freePorts } from "../../free_ports.ts";

export interface SecondGlobal extends AsyncDisposable {
  readonly origin: string;
}

/** Starts a global controller more, with the flags and settings of the one that this process has started, on a port of its own. */
export async function startSecondGlobal(
  { pid, origin }: Pick<Stack, "pid" | "origin">,
): Promise<SecondGlobal> {
  const [first] = await childrenOf(pid, "global/main.ts");
  if (first === undefined) throw new Error("There is no global controller");
  const here = new URL(origin).port;
  const port = String(freePorts(1));
  const [program = "", ...args] = await fieldsOf(first, "cmdline");
  const environment = await fieldsOf(first, "environ");
  const env = Object.fromEntries(environment.map((setting): [string, string] => {
    const [name = "", ...value] = setting.split("=");
    return [name, value.join("=")];
  }));
  const child = new Deno.Command(program, {
    // Its own address among those that it may listen on and connect to.
    args: args.map((argument) => argument.replaceAll(`:${here}`, `:${port}`)),
    env: { ...env, DT_PORT: port },
    clearEnv: true,
    // Its end would end the program.
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const second = `http://localhost:${port}`;
  await answers(second, child);
  return {
    origin: second,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
    },
  };
}

async function fieldsOf(pid: number, file: "cmdline" | "environ"): Promise<string[]> {
  return (await Deno.readTextFile(`/proc/${pid}/${file}`)).split("\0").filter((field) => field !== "");
}

async function answers(origin: string, child: Deno.ChildProcess): Promise<void> {
  let isOver = false;
  void child.status.then(() => isOver = true);
  while (!isOver) {
    try {
      const answer = await fetch(`${origin}/ready`);
      await answer.body?.cancel();
      if (answer.ok) return;
    } catch {
      // It doesn't listen yet.
    }
  }
  throw new Error("The second global controller has ended");
}
