import { delay } from "@std/async";
import { machinePaths } from "../../../shared/dev/machine_paths.ts";
import type { Plan } from "../../../shared/dev/plan.ts";
import type { ServiceName } from "../../../shared/dev/service_names.ts";
import { workerFile } from "../../../shared/dev/setup/mediasoup_worker.ts";
import { serviceTask } from "../../../shared/dev/tasks/service_task.ts";
import { prepareDataFolder } from "../../../shared/dev/up/data_folder.ts";
import { keepRunning } from "../../../shared/dev/up/keep_running.ts";
import { type RunningChild, startChild } from "../../../shared/dev/up/running_child.ts";
import { operatorCommand } from "../../auth/operator_command.ts";
import { aPlan } from "../../dev/a_plan.ts";
import { freePorts } from "../../free_ports.ts";
import { type PostgresServer, startPostgres } from "../../store/postgres_server.ts";
import { type RedisServer, startRedis } from "../../store/live/redis_server.ts";
import { makeCertificate } from "../../tls/certificates.ts";
import { startNginx } from "./nginx.ts";

const root = new URL("../../../", import.meta.url).pathname.replace(/\/$/, "");

/** One of the deployment's processes, which is started again whenever it ends. */
export interface DeployedProcess {
  /** `auth-1` to `media-2`. */
  readonly name: string;
  readonly readyUrl: string;
  kill(): void;
}

/** Two of each service behind nginx with TLS, on a PostgreSQL and a Redis of their own. */
export interface Deployment<Live = RedisServer> extends AsyncDisposable {
  readonly origin: string;
  /** The certificate that nginx serves with. */
  readonly ca: string;
  readonly operator: { readonly email: string; readonly password: string };
  /** Runs one of the operator's commands at AC's database. */
  readonly command: ReturnType<typeof operatorCommand>;
  readonly processes: readonly DeployedProcess[];
  readonly postgres: PostgresServer;
  readonly redis: Live;
  /** Resolves once every process says that it is ready. */
  allReady(): Promise<void>;
}

const OPERATOR = { email: "ann@example.org", password: "a password of mine" };
/** Looking without a pause would take the core on which a process starts. */
const LOOK_MS = 100;
/** How much further the ports of the second GC and AC are, as in nginx's file. */
const SECOND = 40;
const NO_LIMITS = Object.fromEntries(
  ["TOKENS", "USER", "ADDRESS", "LOGINS", "SERVICE_TOKENS"].flatMap((name) => [
    [`DT_LIMIT_${name}_PER_SECOND`, "100000"],
    [`DT_LIMIT_${name}_BURST`, "100000"],
  ]),
);

export function startDeployment(): Promise<Deployment> {
  return deploymentOn(startRedis);
}

/** A deployment on a live store of another kind. */
export async function deploymentOn<Live extends LiveStoreServer>(
  startLive: () => Promise<Live>,
): Promise<Deployment<Live>> {
  await using stack = new AsyncDisposableStack();
  const postgres = stack.use(await startPostgres());
  const redis = stack.use(await startLive());
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-deployment-" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  // nginx has all but the last digit of the shards' ports.
  const port = Math.ceil(freePorts(420) / 10) * 10;
  const origin = `https://localhost:${port + 300}`;
  const { certFile, keyFile } = await makeCertificate(folder);
  stack.use(await startNginx(folder, { certFile, keyFile, port }));
  const prepared = await prepareDataFolder({
    dataDir: folder,
    adminEmail: OPERATOR.email,
    adminPassword: OPERATOR.password,
    openRegistration: true,
    databaseElsewhere: true,
    random: (bytes) => crypto.getRandomValues(bytes),
  });
  if (!prepared.ok) throw new Error(prepared.message);
  const plan = aPlan({ root, dataDir: folder, port, publicUrl: origin, shards: 1, sfuWorkers: 1 });
  const processes = await Promise.all(
    [0, 1].flatMap((index) =>
      (["auth", "global", "meeting", "media"] as const).map((service) =>
        processOf(service, index, plan, { postgres, redis, origin })
      )
    ),
  );
  for (const process of processes) stack.defer(() => process.end());
  const running = stack.move();
  const allReady = async () => {
    for (const { readyUrl } of processes) while (!await isReady(readyUrl)) await delay(LOOK_MS);
  };
  await allReady();
  return {
    origin,
    ca: await Deno.readTextFile(certFile),
    operator: OPERATOR,
    command: operatorCommand({ DT_DATA_DIR: `${folder}/auth`, DT_DATABASE_URL: postgres.url }),
    processes,
    postgres,
    redis,
    allReady,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

type LiveStoreServer = AsyncDisposable & { readonly url: string };

interface Place {
  readonly postgres: PostgresServer;
  readonly redis: LiveStoreServer;
  readonly origin: string;
}

/** Runs the first or the second process of a service, and starts it again whenever it ends. */
async function processOf(service: ServiceName, index: number, plan: Plan, place: Place) {
  const name = `${service}-${index + 1}`;
  const { port, dataDir } = plan;
  const far = service === "auth" || service === "global" ? SECOND : 100;
  const own = { auth: port + 1, global: port, media: port + 2, meeting: port + 3 }[service] + index * far;
  const worker = await workerFile(root);
  const environment: Record<string, string> = {
    ...NO_LIMITS,
    DT_PORT: String(own),
    DT_DATA_DIR: `${dataDir}/${service}`,
    DT_LOG_LEVEL: "warning",
    DT_LIMIT_PASSWORD_WORKERS: "1",
    DT_REUSE_PORT: "false",
    DT_ISSUER: place.origin,
    DT_PUBLIC_URL: place.origin,
    DT_PUBLIC_SIGNALING_URL: `${place.origin.replace("https", "wss")}/shards/{controller}/{shard}/signaling`,
    DT_TRUSTED_PROXIES: "127.0.0.1",
    DT_AUTH_URL: `http://127.0.0.1:${port + 302}`,
    DT_GLOBAL_URL: `http://127.0.0.1:${port + 301}`,
    DT_DATABASE_URL: place.postgres.url,
    DT_LIVE_STORE_URL: place.redis.url,
    DT_CONTROL_URL: `http://127.0.0.1:${own}`,
    ...(service === "meeting"
      ? { DT_CONTROLLER_ID: `mc-${index + 1}`, DT_SHARD_PORT: String(port + 10 + index * 100) }
      : {}),
    ...(service === "media"
      ? {
        DT_HANDLER_ID: `mh-${index + 1}`,
        DT_RTC_PORT: String(port + 350 + index * 10),
        DT_PIPE_PORTS: pipePorts(port + 360 + index * 20),
      }
      : {}),
    DENO_DIR: Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`,
  };
  const { args, env, readyUrl } = serviceTask(
    service,
    plan,
    await machinePaths(root, worker ?? ""),
    environment,
    Deno.readTextFileSync,
  );
  const stopping = new AbortController();
  let child: RunningChild | undefined;
  const kept = keepRunning({
    stop: stopping.signal,
    start: () =>
      child = startChild({ name, args, env: { ...env, DENO_DIR: `${environment["DENO_DIR"]}` } }, () => {}),
    onStart() {},
    onDeath: ({ signal, lines }) => {
      if (signal !== "SIGKILL") throw new Error(`${name} ended by itself: ${lines.join("\n")}`);
      return "restart";
    },
    killAfterMs: 8_000,
    pause: (milliseconds) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        stopping.signal.addEventListener("abort", () => {
          clearTimeout(timer);
          resolve();
        }, { once: true });
      }),
  });
  return {
    name,
    readyUrl,
    kill: () => child?.kill("SIGKILL"),
    end: async () => {
      stopping.abort();
      await kept;
    },
  };
}

const pipePorts = (first: number) => `${first}-${first + 19}`;

async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url);
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}
