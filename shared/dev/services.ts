import { permissionFlags, type Permissions } from "./permission_flags.ts";
import { bracketed, innerHost, type MachinePaths, type Plan, ports, range } from "./plan.ts";

export type ServiceName = "auth" | "global" | "meeting" | "media";

/** One process as it is started: nothing beside this decides what it may do and what it knows. */
export interface ServiceProcess {
  /** `auth`, `global`, `meeting`, `media`; the second of a kind is `meeting-2`. */
  readonly name: string;
  readonly service: ServiceName;
  /** Arguments of the `deno` program. */
  readonly args: readonly string[];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly readyUrl: string;
}

export const SERVICES: readonly ServiceName[] = ["auth", "global", "meeting", "media"];

/** The file that each service starts from, in the checkout. */
export function entryPoint(service: ServiceName): string {
  return `${service}/main.ts`;
}

/** How the services of a plan are started, in the order of `SERVICES`. */
export function serviceProcesses(
  plan: Plan,
  paths: MachinePaths,
  passedOn: Readonly<Record<string, string>>,
): ServiceProcess[] {
  const process = (
    service: ServiceName,
    index: number,
    port: number,
    permissions: Permissions,
    env: Record<string, string>,
  ): ServiceProcess => ({
    name: index === 0 ? service : `${service}-${index + 1}`,
    service,
    args: [...runFlags(permissions), `${plan.root}/${entryPoint(service)}`],
    env: {
      ...passedOnTo(service, passedOn),
      ...commonEnv(plan, port, `${plan.dataDir}/${service}`),
      ...env,
    },
    readyUrl: `http://${innerHost(plan)}:${port}/ready`,
  });
  return [
    process("auth", 0, ports.auth(plan), authPermissions(plan, paths), authEnv(plan)),
    process("global", 0, ports.global(plan), globalPermissions(plan), globalEnv(plan)),
    ...range(plan.controllers).map((index) =>
      process(
        "meeting",
        index,
        ports.meeting(plan, index),
        meetingPermissions(plan, index),
        meetingEnv(plan, index),
      )
    ),
    ...range(plan.handlers).map((index) =>
      process(
        "media",
        index,
        ports.media(plan, index),
        mediaPermissions(plan, paths, index),
        mediaEnv(plan, paths, index),
      )
    ),
  ];
}

/** Arguments of `deno` before the entry point. Nothing is asked, downloaded or checked at a start. */
export function runFlags(permissions: Permissions): string[] {
  return ["run", "--quiet", "--no-prompt", "--no-check", "--cached-only", ...permissionFlags(permissions)];
}

export function authPermissions(plan: Plan, paths: Pick<MachinePaths, "argon2Folders">): Permissions {
  const own = `${plan.dataDir}/auth`;
  return {
    // @node-rs/argon2 reads there which C library the machine has.
    read: [own, "/usr/bin/ldd"],
    write: [own],
    net: [`${bracketed(plan.host)}:${ports.auth(plan)}`],
    // @node-rs/argon2 asks for variables that it doesn't list; the environment is cleared instead.
    env: "all",
    ffi: paths.argon2Folders,
  };
}

export function globalPermissions(plan: Plan): Permissions {
  const { dataDir, root } = plan;
  const controllers = range(plan.controllers).flatMap((index) => [
    ports.meeting(plan, index),
    ...ports.shards(plan, index),
  ]);
  const handlers = range(plan.handlers).map((index) => ports.media(plan, index));
  return {
    read: [
      `${dataDir}/global`,
      `${dataDir}/live`,
      `${root}/global/web/dist`,
      ...workerModules(root, "global"),
    ],
    write: [`${dataDir}/global`, `${dataDir}/live`],
    net: [
      `${bracketed(plan.host)}:${ports.global(plan)}`,
      ...peers(plan, [ports.auth(plan), ...controllers, ...handlers]),
    ],
    env: OWN_SETTINGS,
  };
}

export function meetingPermissions(plan: Plan, index: number): Permissions {
  const { dataDir, root } = plan;
  const own = [ports.meeting(plan, index), ...ports.shards(plan, index)];
  const handlers = range(plan.handlers).map((handler) => ports.media(plan, handler));
  return {
    read: [`${dataDir}/meeting`, `${dataDir}/live`, ...workerModules(root, "meeting")],
    write: [`${dataDir}/meeting`, `${dataDir}/live`],
    net: [
      ...own.map((port) => `${bracketed(plan.host)}:${port}`),
      ...peers(plan, [ports.auth(plan), ports.global(plan), ...handlers]),
    ],
    env: OWN_SETTINGS,
  };
}

export function mediaPermissions(
  plan: Plan,
  paths: Omit<MachinePaths, "argon2Folders">,
  index: number,
): Permissions {
  return {
    read: [`${plan.dataDir}/media`, paths.mediasoupFolder],
    write: [`${plan.dataDir}/media`],
    net: [
      `${bracketed(plan.host)}:${ports.media(plan, index)}`,
      ...peers(plan, [ports.auth(plan), ports.global(plan)]),
    ],
    // mediasoup reads all of it and hands it on to its worker; it is cleared.
    env: "all",
    run: [paths.workerFile],
  };
}

/** All modules of a Worker must be readable for the process that starts it: the sources, in which nothing is secret. */
function workerModules(root: string, service: ServiceName): string[] {
  return [`${root}/${service}`, `${root}/shared`];
}

/** Every setting of ours starts like this; the environment holds a service's own settings alone. */
const OWN_SETTINGS = ["DT_*"];

function peers(plan: Plan, peerPorts: readonly number[]): string[] {
  return peerPorts.map((port) => `${innerHost(plan)}:${port}`);
}

function commonEnv(plan: Plan, port: number, dataDir: string): Record<string, string> {
  return {
    DT_HOST: plan.host,
    DT_PORT: String(port),
    DT_DATA_DIR: dataDir,
    // A parent that was killed can't end its children; they notice that their input ends.
    DT_PARENT_PIPE: "1",
    DT_DRAIN_SECONDS: "5",
    NO_COLOR: "1",
  };
}

function authEnv(plan: Plan): Record<string, string> {
  return {
    DT_ISSUER: plan.publicUrl,
    DT_MASTER_KEY_FILE: `${plan.dataDir}/auth/master.key`,
    DT_BOOTSTRAP_FILE: `${plan.dataDir}/auth/bootstrap.json`,
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

function globalEnv(plan: Plan): Record<string, string> {
  return {
    ...clientEnv(plan, "global"),
    DT_PUBLIC_URL: plan.publicUrl,
    DT_LIVE_STORE: `${plan.dataDir}/live/live.db`,
    DT_WEB_DIR: `${plan.root}/global/web/dist`,
  };
}

function globalUrl(plan: Plan): string {
  return `http://${innerHost(plan)}:${ports.global(plan)}`;
}

function meetingEnv(plan: Plan, index: number): Record<string, string> {
  return {
    ...clientEnv(plan, "meeting"),
    DT_GLOBAL_URL: globalUrl(plan),
    DT_LIVE_STORE: `${plan.dataDir}/live/live.db`,
    DT_CONTROLLER_ID: `mc-${index + 1}`,
    DT_SHARDS: String(plan.shards),
    DT_SHARD_PORT: String(ports.shards(plan, index)[0]),
    DT_PUBLIC_HOST: plan.publicHost,
    DT_PUBLIC_URL: plan.publicUrl,
  };
}

function mediaEnv(
  plan: Plan,
  paths: Pick<MachinePaths, "workerFile">,
  index: number,
): Record<string, string> {
  return {
    ...clientEnv(plan, "media"),
    DT_GLOBAL_URL: globalUrl(plan),
    DT_CONTROL_URL: `http://${innerHost(plan)}:${ports.media(plan, index)}`,
    DT_HANDLER_ID: `mh-${index + 1}`,
    DT_RTC_PORT: String(ports.rtc(plan, index)[0]),
    DT_SFU_WORKERS: String(plan.sfuWorkers),
    DT_PUBLIC_HOST: plan.publicHost,
    MEDIASOUP_WORKER_BIN: paths.workerFile,
  };
}

/** Settings that `up` hands on from its own environment, by the services that have them. */
const PASSED_ON: readonly { readonly names: RegExp; readonly to: readonly ServiceName[] }[] = [
  { names: /^DT_(LOG_LEVEL|REGION|ZONE)$/, to: SERVICES },
  { names: /^DT_LIMIT_\w+$/, to: SERVICES },
  { names: /^DT_\w+_(MS|SECONDS)$/, to: SERVICES },
  { names: /^DT_(KEY|TOKEN)_\w+$/, to: ["auth"] },
  { names: /^DT_(ALLOWED_ORIGINS|PUBLIC_SIGNALING_URL)$/, to: ["global", "meeting"] },
  { names: /^DT_TRUSTED_PROXIES$/, to: ["global"] },
  // Where Deno keeps its compiled modules: without it a service would look in its user's home.
  { names: /^DENO_DIR$/, to: SERVICES },
];

function passedOnTo(service: ServiceName, all: Readonly<Record<string, string>>): Record<string, string> {
  const wanted = PASSED_ON.filter(({ to }) => to.includes(service));
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => wanted.some(({ names }) => names.test(name))),
  );
}
