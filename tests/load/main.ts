/** `deno task load`: synthetic participants through the public interfaces; prints joins a second, latencies and losses. */
import { complain, say } from "../../shared/dev/say.ts";
import { workerFile } from "../../shared/dev/setup/mediasoup_worker.ts";
import { setUp } from "../../shared/dev/setup/set_up.ts";
import { startStack } from "../e2e/stack.ts";
import { load, type LoadOptions } from "./load.ts";
import { HELP, parseLoadCommand } from "./load_command.ts";
import { loadReport } from "./load_report.ts";
import { roomyLimits } from "./roomy_limits.ts";

async function main(): Promise<number> {
  const command = parseLoadCommand(Deno.args);
  if (command === "help") {
    say(HELP);
    return 0;
  }
  if ("wrong" in command) {
    complain(`load: ${command.wrong}\n${HELP}`);
    return 2;
  }
  const { origin } = command;
  try {
    if (origin !== undefined) return await run({ ...command, origin });
    const root = await Deno.realPath(`${import.meta.dirname}/../..`);
    const failure = await setUp(root, "up", new AbortController().signal);
    if (failure !== undefined) throw new Error(failure.line);
    Deno.env.set("MEDIASOUP_WORKER_BIN", await workerFile(root) ?? "");
    await using stack = await startStack({ ...roomyLimits, DT_SHARDS: "2" });
    return await run({ ...command, origin: stack.origin });
  } catch (error) {
    complain(`load: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

async function run(options: LoadOptions): Promise<number> {
  const result = await load(options);
  say(loadReport(result));
  return Object.values(result.lost).every((count) => count === 0) ? 0 : 1;
}

Deno.exit(await main());
