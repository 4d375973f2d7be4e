import { allPorts } from "../../shared/dev/plan.ts";
import { takenPort } from "../../shared/dev/up/taken_port.ts";
import { freePorts } from "../free_ports.ts";
import { aPlan } from "./a_plan.ts";
import { type Supervised, superviseProgram } from "./supervised.ts";

/** Settings of an `up` of its own: free ports, a data folder, one shard and one SFU worker. */
export interface UpPlace {
  readonly port: number;
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Ports and a folder of its own. */
export async function upPlace(): Promise<UpPlace> {
  const port = freePorts(200);
  const dataDir = await Deno.makeTempDir({ prefix: "dark-tower-up-" });
  const env = {
    DT_PORT: String(port),
    DT_RTC_PORT: String(port + 150),
    DT_DATA_DIR: dataDir,
    DT_SHARDS: "1",
    DT_SFU_WORKERS: "1",
  };
  return { port, dataDir, env };
}

/** Starts the program behind `deno task up`, with the flags of the task. */
export async function startUp(
  place: UpPlace,
  env: Record<string, string> = {},
  options: readonly string[] = [],
): Promise<Supervised> {
  const root = new URL("../../", import.meta.url);
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const [, ...args] = String(tasks.up.command).split(" ");
  const program = args.pop();
  return superviseProgram([...args, new URL(`${program}`, root).pathname, ...options], {
    ...place.env,
    ...env,
  });
}

/** The line that says that it is ready, or an error with all that it said. */
export async function ready(up: Supervised): Promise<void> {
  await up.line("ready http");
}

/** Whether nothing listens on any TCP port of the place. */
export function allSilent(place: UpPlace): boolean {
  const { port } = place;
  const plan = aPlan({ port, rtcPort: port + 150, shards: 1, sfuWorkers: 1 });
  return takenPort(plan) === undefined && allPorts(plan).length > 0;
}

/** The processes that a process has started, by what Linux says; the ids of those that run the entry point. */
export async function childrenOf(pid: number, entryPoint: string): Promise<number[]> {
  const found: number[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const status = await Deno.readTextFile(`/proc/${name}/status`);
      const command = await Deno.readTextFile(`/proc/${name}/cmdline`);
      if (status.includes(`\nPPid:\t${pid}\n`) && command.includes(entryPoint)) found.push(Number(name));
    } catch {
      // It ended while it was looked at.
    }
  }
  return found;
}
