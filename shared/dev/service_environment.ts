import { innerHost, type MachinePaths, pipePorts, type Plan, ports } from "./plan.ts";
import type { ServiceName } from "./service_names.ts";

/**
 * What the allocators are told, so that a service gives back what it took under siege (0027). The C library's keeps an
 * arena for each thread, up to eight a core, unless told otherwise (`mallopt(3)`); a trim threshold that is named stays, and
 * with it the bound from which on a block is returned as soon as it is freed. V8's space for new objects grows in each
 * isolate, a Worker's too, to three semi-spaces of 16 MiB each, and hardly shrinks again.
 */
export const ALLOCATORS = {
  MALLOC_ARENA_MAX: "2",
  MALLOC_TRIM_THRESHOLD_: "131072",
  DENO_V8_FLAGS: "--max-semi-space-size=2",
};

/** What every service is told. */
export function commonEnv(plan: Plan, port: number, dataDir: string): Record<string, string> {
  return {
    DT_HOST: plan.host,
    DT_PORT: String(port),
    DT_DATA_DIR: dataDir,
    // A parent that was killed can't end its children; they notice that their input ends.
    DT_PARENT_PIPE: "1",
    DT_DRAIN_SECONDS: "5",
    NO_COLOR: "1",
    ...ALLOCATORS,
  };
}

/** `up` has the others sign off with AC and GC first, and then less time left for these. */
const LAST_DRAIN = { DT_DRAIN_SECONDS: "2" };

/** Several processes share the cores out among themselves, unless it is said how many threads each is to have. */
export function authEnv(
  plan: Plan,
  passedOn: Readonly<Record<string, string>>,
): Record<string, string> {
  const share = Math.ceil(Math.min(navigator.hardwareConcurrency, 8) / plan.authControllers);
  const isShared = plan.authControllers > 1 && passedOn["DT_LIMIT_PASSWORD_WORKERS"] === undefined;
  return {
    ...LAST_DRAIN,
    ...(isShared ? { DT_LIMIT_PASSWORD_WORKERS: String(share) } : {}),
    DT_ISSUER: plan.publicUrl,
    DT_MASTER_KEY_FILE: `${plan.dataDir}/auth/master.key`,
    DT_BOOTSTRAP_FILE: `${plan.dataDir}/auth/bootstrap.json`,
    DT_REUSE_PORT: String(plan.authControllers > 1),
  };
}

/** What each service but AC knows of AC, and who it is there. */
function clientEnv(plan: Plan, service: ServiceName): Record<string, string> {
  return {
    DT_AUTH_URL: `http://${innerHost(plan)}:${ports.auth(plan)}`,
    DT_ISSUER: plan.publicUrl,
    DT_CLIENT_ID: service,
    DT_CLIENT_SECRET_FILE: `${plan.dataDir}/${service}/client.secret`,
  };
}

/** What those who serve by TLS are told; all who call GC or a shard trust the certificate. */
function tlsEnv({ tls }: Plan): Record<string, string> {
  return tls === undefined
    ? {}
    : { DT_TLS_CERT_FILE: tls.certFile, DT_TLS_KEY_FILE: tls.keyFile, ...trustEnv({ tls }) };
}

function trustEnv({ tls }: Pick<Plan, "tls">): Record<string, string> {
  return tls === undefined ? {} : { DENO_CERT: tls.trustFile ?? tls.certFile };
}

export function globalEnv(plan: Plan): Record<string, string> {
  return {
    ...tlsEnv(plan),
    ...clientEnv(plan, "global"),
    ...LAST_DRAIN,
    DT_PUBLIC_URL: plan.publicUrl,
    DT_LIVE_STORE: `${plan.dataDir}/live/live.db`,
    DT_WEB_DIR: `${plan.root}/global/web/dist`,
  };
}

function globalUrl(plan: Plan): string {
  return `${plan.tls === undefined ? "http" : "https"}://${innerHost(plan)}:${ports.global(plan)}`;
}

export function meetingEnv(plan: Plan, index: number): Record<string, string> {
  return {
    ...clientEnv(plan, "meeting"),
    ...tlsEnv(plan),
    DT_GLOBAL_URL: globalUrl(plan),
    DT_LIVE_STORE: `${plan.dataDir}/live/live.db`,
    DT_CONTROLLER_ID: `mc-${index + 1}`,
    // No other one can take its meetings: whoever ends `up` would wait for nothing.
    ...(plan.controllers > 1 ? {} : { DT_DRAIN_SECONDS: "2" }),
    DT_SHARDS: String(plan.shards),
    DT_SHARD_PORT: String(ports.shards(plan, index)[0]),
    DT_PUBLIC_HOST: plan.publicHost,
    DT_PUBLIC_URL: plan.publicUrl,
  };
}

export function mediaEnv(
  plan: Plan,
  paths: Pick<MachinePaths, "workerFile">,
  index: number,
  passedOn: Readonly<Record<string, string>>,
): Record<string, string> {
  const region = plan.handlerRegions?.[index];
  return {
    ...clientEnv(plan, "media"),
    ...trustEnv(plan),
    ...(region === undefined ? {} : { DT_REGION: region }),
    DT_GLOBAL_URL: globalUrl(plan),
    DT_HANDLER_ID: `mh-${index + 1}`,
    DT_RTC_PORT: String(ports.rtc(plan, index)[0]),
    DT_SFU_WORKERS: String(plan.sfuWorkers),
    ...(passedOn["DT_PIPE_PORTS"] === undefined ? { DT_PIPE_PORTS: pipePorts(plan) } : {}),
    DT_PUBLIC_HOST: plan.publicHost,
    // What is moved goes on for ten seconds at most, and the handler waits for 60 % of its time. Without a controller it ends at once.
    DT_DRAIN_SECONDS: "20",
    MEDIASOUP_WORKER_BIN: paths.workerFile,
  };
}
