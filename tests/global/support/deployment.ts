import { NEXT_PROCESS, type Plan, ports } from "../../../shared/dev/plan.ts";
import { machinePaths } from "../../../shared/dev/machine_paths.ts";
import { type ServiceProcess, serviceProcesses } from "../../../shared/dev/services.ts";
import { prepareDataFolder } from "../../../shared/dev/up/data_folder.ts";
import { type RunningChild, startChild } from "../../../shared/dev/up/running_child.ts";
import { freePorts } from "../../free_ports.ts";
import { workerFile } from "../../media/fixtures/worker_file.ts";

export const root = new URL("../../..", import.meta.url).pathname.replace(/\/$/, "");

/** A meeting controller, as `up` names it: `meeting`, then `meeting-2` and so on. */
export type Controller = "meeting" | `meeting-${number}`;
/** A service of a deployment. */
export type Started = "auth" | "global" | "media" | Controller;

/** AC, GC and what else is asked for, as `up` starts them: processes of their own with their real flags and environments. */
export interface Deployment extends AsyncDisposable {
  readonly plan: Plan;
  readonly url: string;
  readonly authUrl: string;
  /** Everything that GC has written to its log. */
  readonly log: readonly string[];
  readonly admin: { readonly email: string; readonly password: string };
  /** A service's token from AC. */
  serviceToken(client: "global" | "meeting" | "media", scope: string): Promise<string>;
  stop(service: Started): Promise<number>;
  start(service: Started): Promise<void>;
  /** The process of a service that runs. */
  pidOf(service: Started): number;
}

export interface DeploymentOptions {
  /** Beside the organisation `default`. */
  readonly organization?: string;
  /** A PostgreSQL for both; without one each has a file. */
  readonly databaseUrl?: string;
  /** A Redis for what is live; without one it is in a file. */
  readonly liveStoreUrl?: string;
  /** How many meeting controllers there are in the plan; 2 unless told. */
  readonly controllers?: number;
  /** What of the plan is started beside AC and GC; the test plays the others. */
  readonly besides?: readonly Exclude<Started, "auth" | "global">[];
  /** Of all processes. */
  readonly env?: Readonly<Record<string, string>>;
}

/** For tests in which one user, at one address, does what many would do. */
export const wideLimits = {
  DT_LIMIT_ADDRESS_PER_SECOND: "10000",
  DT_LIMIT_ADDRESS_BURST: "10000",
  DT_LIMIT_USER_PER_SECOND: "10000",
  DT_LIMIT_USER_BURST: "10000",
  DT_LIMIT_TOKENS_PER_SECOND: "10000",
  DT_LIMIT_TOKENS_BURST: "10000",
};

/** The operator's account. As an operator writes it; browsers send the form of RFC 5891, which AC keeps. */
export const ADMIN = { email: "Admin@müller.example", password: "correct horse battery" };

/** Free ports, and a data folder with secrets in it; nothing runs yet. */
export async function preparedPlan(controllers = 2): Promise<Plan> {
  const plan = await freePlan(controllers);
  const prepared = await prepareDataFolder({
    dataDir: plan.dataDir,
    adminEmail: ADMIN.email,
    adminPassword: ADMIN.password,
    openRegistration: true,
    random: (bytes) => crypto.getRandomValues(bytes),
  });
  if (!prepared.ok) throw new Error(prepared.message);
  return plan;
}

/** How `up` starts the services of a plan. */
export async function processesOf(
  plan: Plan,
  environment: Readonly<Record<string, string>> = {},
  workerBinary = "/nowhere",
): Promise<ServiceProcess[]> {
  const passedOn = {
    DENO_DIR: Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`,
    ...environment,
  };
  return serviceProcesses(plan, await machinePaths(root, workerBinary), passedOn);
}

/** Each is a Worker, which takes a while to start. */
const ONE_HASHER = { DT_LIMIT_PASSWORD_WORKERS: "1" };
/** The tests' controllers and handlers report only when they are told to. */
const NOBODY_GONE = { DT_HEARTBEAT_TIMEOUT_MS: "600000" };

export async function deployment(
  { organization, databaseUrl, liveStoreUrl, controllers, besides = [], env = {} }: DeploymentOptions = {},
): Promise<Deployment> {
  const plan = await preparedPlan(controllers);
  const processes = await processesOf(
    plan,
    {
      ...(databaseUrl === undefined ? {} : { DT_DATABASE_URL: databaseUrl }),
      ...(liveStoreUrl === undefined ? {} : { DT_LIVE_STORE_URL: liveStoreUrl }),
    },
    besides.includes("media") ? await workerFile() : undefined,
  );
  const running = new Map<string, RunningChild>();
  const log: string[] = [];

  async function start(name: Started): Promise<void> {
    const process = processes.find((candidate) => candidate.name === name);
    if (process === undefined) throw new Error(`no ${name}`);
    const child = startChild(
      { ...process, env: { ...process.env, ...ONE_HASHER, ...NOBODY_GONE, ...env } },
      (line) => name === "global" && log.push(line),
    );
    running.set(name, child);
    const ended = child.exit.then(({ code, lines }) => {
      throw new Error(`${name} ended with ${code}: ${lines.join("\n")}`);
    });
    await Promise.race([answersAt(new URL("/health", process.readyUrl)), ended]);
    ended.catch(() => {});
  }
  async function stop(name: Started): Promise<number> {
    const child = running.get(name);
    if (child === undefined) return 0;
    running.delete(name);
    child.kill("SIGTERM");
    return (await child.exit).code;
  }

  if (organization !== undefined) {
    await withOrganization(`${plan.dataDir}/auth/bootstrap.json`, organization, async () => {
      await start("auth");
      await stop("auth");
    });
  }
  const started: readonly Started[] = ["auth", "global", ...besides];
  await Promise.all(started.map(start));
  return {
    plan,
    url: `http://127.0.0.1:${plan.port}`,
    authUrl: `http://127.0.0.1:${ports.auth(plan)}`,
    log,
    async serviceToken(client, scope) {
      const secret = (await Deno.readTextFile(`${plan.dataDir}/${client}/client.secret`)).trim();
      const answer = await fetch(`http://127.0.0.1:${ports.auth(plan)}/api/v1/auth/service/token`, {
        method: "POST",
        headers: { authorization: `Basic ${btoa(`${client}:${secret}`)}` },
        body: new URLSearchParams({ grant_type: "client_credentials", scope }),
      });
      return (await answer.json()).access_token;
    },
    admin: ADMIN,
    start,
    stop,
    pidOf(service) {
      const child = running.get(service);
      if (child === undefined) throw new Error(`${service} doesn't run`);
      return child.pid;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(started.map(stop));
      await Deno.remove(plan.dataDir, { recursive: true });
    },
  };
}

/** AC makes one organisation a start: the one in its file. */
async function withOrganization(file: string, slug: string, work: () => Promise<void>): Promise<void> {
  const before = await Deno.readTextFile(file);
  const { clients } = JSON.parse(before);
  const organization = { name: slug, slug, open_registration: true };
  await Deno.writeTextFile(file, JSON.stringify({ organization, clients }));
  await work();
  await Deno.writeTextFile(file, before);
}

/** A plan with ports of its own, for controllers of 2 shards. */
async function freePlan(controllers: number): Promise<Plan> {
  const dataDir = await Deno.makeTempDir({ prefix: "dark tower " });
  const port = freePorts(controllers * NEXT_PROCESS);
  return {
    root,
    dataDir,
    port,
    host: "127.0.0.1",
    publicHost: "127.0.0.1",
    publicUrl: `http://localhost:${port}`,
    rtcPort: port + 15,
    shards: 2,
    sfuWorkers: 1,
    handlers: 1,
    controllers,
    authControllers: 1,
  };
}

async function answersAt(url: URL): Promise<void> {
  for (;;) {
    try {
      const answer = await fetch(url);
      await answer.body?.cancel();
      if (answer.ok) return;
    } catch {
      // Nobody listens yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
