import type { Permissions } from "./permission_flags.ts";
import { innerSocket } from "../http/inner_socket.ts";
import { parseRedisUrl } from "../store/live/redis/parse_redis_url.ts";
import { databaseHosts } from "../store/postgres_address.ts";
import { bracketed, innerHost, type MachinePaths, type Plan, ports, range } from "./plan.ts";

export function authPermissions(
  plan: Plan,
  paths: Pick<MachinePaths, "argon2Folders">,
  passedOn: Readonly<Record<string, string>> = {},
): Permissions {
  const own = `${plan.dataDir}/auth`;
  return {
    // @node-rs/argon2 reads there which C library the machine has.
    read: [own, "/usr/bin/ldd", ...workerModules(plan.root, "auth")],
    write: [own],
    net: [
      `${bracketed(plan.host)}:${ports.auth(plan)}`,
      ...databaseHosts(passedOn["DT_DATABASE_URL"] ?? ""),
    ],
    // @node-rs/argon2 asks for variables that it doesn't list; the environment is cleared instead.
    env: "all",
    ffi: paths.argon2Folders,
  };
}

export function globalPermissions(
  plan: Plan,
  passedOn: Readonly<Record<string, string>> = {},
): Permissions {
  const { dataDir, root } = plan;
  const controllers = range(plan.controllers).flatMap((index) => [
    ports.meeting(plan, index),
    ...ports.shards(plan, index),
  ]);
  const handlers = range(plan.handlers).map((index) => ports.media(plan, index));
  const live = liveStoreAccess(dataDir, passedOn);
  return {
    read: [
      `${dataDir}/global`,
      ...live.folders,
      `${root}/global/web/dist`,
      ...certificateFiles(plan),
      ...workerModules(root, "global"),
    ],
    write: [`${dataDir}/global`, ...live.folders],
    net: live.hosts === "all" ? "all" : [
      `${bracketed(plan.host)}:${ports.global(plan)}`,
      ...(plan.tls === undefined
        ? []
        : [`unix:${innerSocket({ folder: `${dataDir}/global`, port: ports.global(plan) })}`]),
      ...peers(plan, [ports.auth(plan), ...controllers, ...handlers]),
      ...databaseHosts(passedOn["DT_DATABASE_URL"] ?? ""),
      ...live.hosts,
    ],
    env: [...OWN_SETTINGS, ...DATABASE_SETTINGS],
  };
}

/**
 * What a process needs for the live store: the folder of its file, or the host and port of Redis. The servers behind
 * Sentinels are only known from them, so these take the whole network.
 */
function liveStoreAccess(
  dataDir: string,
  env: Readonly<Record<string, string>>,
): { readonly folders: readonly string[]; readonly hosts: readonly string[] | "all" } {
  const { DT_LIVE_STORE_URL: url } = env;
  if (url === undefined) return { folders: [`${dataDir}/live`], hosts: [] };
  const address = parseRedisUrl(url);
  if (address?.master !== undefined) return { folders: [], hosts: "all" };
  return { folders: [], hosts: address?.nodes.map(({ host, port }) => `${bracketed(host)}:${port}`) ?? [] };
}

export function meetingPermissions(
  plan: Plan,
  index: number,
  passedOn: Readonly<Record<string, string>> = {},
): Permissions {
  const { dataDir, root } = plan;
  const own = [ports.meeting(plan, index), ...ports.shards(plan, index)];
  const handlers = range(plan.handlers).map((handler) => ports.media(plan, handler));
  const live = liveStoreAccess(dataDir, passedOn);
  return {
    read: [
      `${dataDir}/meeting`,
      ...live.folders,
      ...certificateFiles(plan),
      ...workerModules(root, "meeting"),
    ],
    write: [`${dataDir}/meeting`, ...live.folders],
    net: live.hosts === "all" ? "all" : [
      ...own.map((port) => `${bracketed(plan.host)}:${port}`),
      ...peers(plan, [ports.auth(plan), ports.global(plan), ...handlers]),
      ...live.hosts,
    ],
    env: [...OWN_SETTINGS, ...LINK_SETTINGS],
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
      // At its start it looks whether the announced address leads back to it.
      ...ports.rtc(plan, index).slice(0, 1).map((port) => `${bracketed(plan.publicHost)}:${port}`),
    ],
    // mediasoup reads all of it and hands it on to its worker; it is cleared.
    env: "all",
    run: [paths.workerFile],
    // The media ports are bound to the machine's own addresses.
    sys: ["networkInterfaces"],
  };
}

function certificateFiles({ tls }: Plan): string[] {
  return tls === undefined ? [] : [tls.certFile, tls.keyFile];
}

/** All modules of a Worker must be readable for the process that starts it: the sources, in which nothing is secret. */
function workerModules(root: string, service: "auth" | "global" | "meeting"): string[] {
  return [`${root}/${service}`, `${root}/shared`];
}

/** Every setting of ours starts like this; the environment holds a service's own settings alone. */
const OWN_SETTINGS = ["DT_*"];

/** What PostgreSQL's client asks for where its URL says nothing; none is ever set. */
const DATABASE_SETTINGS = ["PG*"];

/** What the package `ws` asks for when it is loaded; neither is ever set. */
const LINK_SETTINGS = ["WS_NO_BUFFER_UTIL", "WS_NO_UTF_8_VALIDATE"];

function peers(plan: Plan, peerPorts: readonly number[]): string[] {
  return peerPorts.map((port) => `${innerHost(plan)}:${port}`);
}
