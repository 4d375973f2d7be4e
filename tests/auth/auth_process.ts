import { machinePaths } from "../../shared/dev/machine_paths.ts";
import type { Plan } from "../../shared/dev/plan.ts";
import { serviceProcesses } from "../../shared/dev/services.ts";
import { freePorts } from "../free_ports.ts";
import { BOOTSTRAP, ISSUER, MASTER_KEY, WIDE_LIMITS } from "./start_auth.ts";

const root = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

/** AC as a process of its own, with the flags and the cleared environment that it has in earnest. */
export interface AuthProcess extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Ends it without a warning, and waits until it is gone. */
  kill(): Promise<void>;
  /** Everything that it has written to standard error. */
  log(): string;
  /** Waits until it has written something to standard error. */
  logged(part: string): Promise<void>;
}

interface AuthProcessOptions {
  /** The data folder, which may be another process's too. */
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly port?: number;
  /** Deno's own flags beside those that it has in earnest. */
  readonly flags?: readonly string[];
}

/** A folder with what AC needs at its start. */
export async function authFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir({ prefix: "dark-tower-auth-" });
  await Deno.mkdir(`${path}/auth`);
  await Deno.writeTextFile(`${path}/auth/master.key`, MASTER_KEY);
  await Deno.writeTextFile(`${path}/auth/bootstrap.json`, JSON.stringify(BOOTSTRAP));
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** How AC is started with this folder and port: program, flags and environment as `up` gives them. */
export async function authCommand(
  { folder, env = {}, port = freePort(), flags = [] }: AuthProcessOptions,
) {
  const plan: Plan = {
    root,
    dataDir: folder,
    port: port - 1,
    host: "127.0.0.1",
    publicHost: "127.0.0.1",
    publicUrl: ISSUER,
    rtcPort: 44_400,
    shards: 1,
    sfuWorkers: 1,
    handlers: 1,
    controllers: 1,
    authControllers: 1,
  };
  const passedOn = { DENO_DIR: Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno` };
  const all = serviceProcesses(plan, await machinePaths(root, "/bin/true"), { ...passedOn, ...env });
  const auth = all.find((process) => process.service === "auth");
  if (auth === undefined) throw new Error("there is no auth service");
  const [run = "run", ...rest] = auth.args;
  return { args: [run, ...flags, ...rest], env: { ...auth.env, ...WIDE_LIMITS, ...env }, cwd: root, port };
}

/** Starts AC and waits until it is ready. */
export async function startAuthProcess(options: AuthProcessOptions): Promise<AuthProcess> {
  const { args, env, cwd, port } = await authCommand(options);
  const child = new Deno.Command(Deno.execPath(), {
    args,
    env,
    cwd,
    clearEnv: true,
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let log = "";
  let isOver = false;
  const waiting = new Set<() => void>();
  const reading = (async () => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      log += text;
      if (log.length > 1_000_000) log = log.slice(-500_000);
      for (const look of waiting) look();
    }
    isOver = true;
    for (const look of waiting) look();
  })();
  const logged = (part: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (log.includes(part)) resolve();
        else if (isOver) reject(new Error(`AC ended before it wrote ${part}: ${log}`));
        else return;
        waiting.delete(look);
      };
      waiting.add(look);
      look();
    });
  const end = async (signal: Deno.Signal) => {
    try {
      child.kill(signal);
    } catch {
      // It is gone already.
    }
    await child.status;
    await reading;
    await child.stdin.close().catch(() => {});
  };
  await logged('"listening"');
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    pid: child.pid,
    kill: () => end("SIGKILL"),
    log: () => log,
    logged,
    [Symbol.asyncDispose]: () => end("SIGTERM"),
  };
}

export function freePort(): number {
  return freePorts(1);
}
