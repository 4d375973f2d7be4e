import { dirname, resolve } from "node:path";
import type { Permissions } from "../permission_flags.ts";
import type { MachinePaths, Plan } from "../plan.ts";
import type { ServiceName } from "../service_names.ts";
import { entryPoint, runFlags, serviceProcesses } from "../services.ts";
import { databaseHosts } from "../service_permissions.ts";
import { standalonePermissions } from "../standalone.ts";
import { ownSettings } from "./own_settings.ts";

/** How a service is started by its task: all that it may do and all that it knows. */
export interface ServiceTask {
  /** Arguments of the `deno` program; the service's own come after them. */
  readonly args: readonly string[];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Files that the environment names and that must be there. */
  readonly files: readonly string[];
  readonly readyUrl: string;
}

/**
 * What starts one service by itself. Settings that `environment` doesn't have are as in `plan`, which is `up`'s by
 * default; files that it doesn't name are those of the service's data folder.
 */
export function serviceTask(
  service: ServiceName,
  plan: Plan,
  paths: MachinePaths,
  environment: Readonly<Record<string, string>>,
): ServiceTask {
  const own = ownSettings(service, environment);
  const folder = resolve(own["DT_DATA_DIR"] ?? `${plan.dataDir}/${service}`);
  const beside = { ...plan, dataDir: dirname(folder) };
  const process = serviceProcesses(beside, paths, environment).find((other) => other.service === service);
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process?.env ?? {})) {
    // A secret that is given itself is not looked for in a file.
    if (name.replace(/_FILE$/, "") in own) continue;
    env[name] = value.replace(`${beside.dataDir}/${service}/`, `${folder}/`);
  }
  Object.assign(env, own);
  const host = env["DT_HOST"] === "0.0.0.0" ? "127.0.0.1" : env["DT_HOST"];
  return {
    args: [
      ...runFlags(taskPermissions(service, beside, paths, { folder, env })),
      `${plan.root}/${entryPoint(service)}`,
    ],
    env,
    files: filesIn(env),
    readyUrl: `http://${host}:${env["DT_PORT"]}/ready`,
  };
}

/** Those of a service that finds its peers through the registry, for the folders and files that its settings name. */
function taskPermissions(
  service: ServiceName,
  { root, dataDir }: Plan,
  paths: MachinePaths,
  { folder, env }: { readonly folder: string; readonly env: Readonly<Record<string, string>> },
): Permissions {
  const { DT_HOST: host = "", DT_PORT: port, DT_LIVE_STORE: liveStore, DT_WEB_DIR: webDir } = env;
  const moved = new Map([[`${dataDir}/${service}`, folder]]);
  if (liveStore !== undefined) moved.set(`${dataDir}/live`, dirname(resolve(liveStore)));
  if (webDir !== undefined) moved.set(`${root}/global/web/dist`, resolve(webDir));
  const { read = [], write = [], net = [], ...rest } = standalonePermissions(service, {
    root,
    dataDir,
    host,
    authPort: Number(port),
    paths,
  });
  const where = (path: string) => moved.get(path) ?? path;
  const others = filesIn(env).map((file) => resolve(file)).filter((file) => !file.startsWith(`${folder}/`));
  const database = databaseHosts(env);
  return {
    ...rest,
    read: [...read.map(where), ...others],
    write: write.map(where),
    net: net === "all" ? net : [...net, ...database],
  };
}

function filesIn(env: Readonly<Record<string, string>>): string[] {
  return Object.entries(env).filter(([name]) => name.endsWith("_FILE")).map(([, file]) => file);
}
