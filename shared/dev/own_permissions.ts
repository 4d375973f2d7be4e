import { dirname, resolve } from "node:path";
import type { Permissions } from "./permission_flags.ts";
import type { MachinePaths } from "./plan.ts";
import type { ServiceName } from "./service_names.ts";
import { databaseHosts } from "../store/postgres_address.ts";
import { standalonePermissions } from "./standalone.ts";

export interface OwnPermissionsOptions {
  /** The checkout, or what an image has of it. */
  readonly root: string;
  readonly paths: MachinePaths;
  /** The service's settings, with `DT_HOST`, `DT_PORT` and `DT_DATA_DIR` among them. */
  readonly env: Readonly<Record<string, string>>;
}

/** What a service that finds its peers through the registry needs, for the folders, files and hosts of its settings. */
export function ownPermissions(service: ServiceName, options: OwnPermissionsOptions): Permissions {
  const { root, paths, env } = options;
  const { DT_HOST: host = "", DT_PORT: port, DT_LIVE_STORE: liveStore, DT_WEB_DIR: webDir } = env;
  const folder = resolve(env["DT_DATA_DIR"] ?? "");
  const dataDir = dirname(folder);
  const moved = new Map<string, string | undefined>([[`${dataDir}/${service}`, folder]]);
  if (env["DT_LIVE_STORE_URL"] !== undefined) moved.set(`${dataDir}/live`, undefined);
  else if (liveStore !== undefined) moved.set(`${dataDir}/live`, dirname(resolve(liveStore)));
  if (webDir !== undefined) moved.set(`${root}/global/web/dist`, resolve(webDir));
  const { read = [], write = [], net = [], ...rest } = standalonePermissions(service, {
    root,
    dataDir,
    host,
    authPort: Number(port),
    paths,
  });
  const where = (list: readonly string[]) =>
    list.map((path) => moved.has(path) ? moved.get(path) : path).filter((path) => path !== undefined);
  const others = namedFiles(env).map((file) => resolve(file)).filter((file) =>
    !file.startsWith(`${folder}/`)
  );
  return {
    ...rest,
    read: [...where(read), ...others],
    write: where(write),
    net: net === "all" ? net : [...net, ...databaseHosts(env["DT_DATABASE_URL"] ?? "")],
  };
}

/** The files that an environment names. */
export function namedFiles(env: Readonly<Record<string, string>>): string[] {
  return Object.entries(env).filter(([name]) => isFile(name)).map(([, file]) => file);
}

/** Settings that name what the service may use, beside the files. */
const NAMED: readonly string[] = [
  "DT_DATA_DIR",
  "DT_HOST",
  "DT_LIVE_STORE",
  "DT_WEB_DIR",
  "MEDIASOUP_WORKER_BIN",
];

/** Why no permission can be given for what a service's settings name, in one line: the runtime would take it for two. */
export function unusableSetting(env: Readonly<Record<string, string>>): string | undefined {
  const [unusable] = Object.entries(env).filter(([name, value]) =>
    (isFile(name) || NAMED.includes(name)) && value.includes(",")
  );
  return unusable && `${unusable[0]} is "${unusable[1]}"; it must have no comma`;
}

function isFile(name: string): boolean {
  return name.endsWith("_FILE");
}
