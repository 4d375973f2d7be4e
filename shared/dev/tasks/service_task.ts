import { dirname, resolve } from "node:path";
import { namedFiles, ownPermissions } from "../own_permissions.ts";
import { innerHost, type MachinePaths, type Plan } from "../plan.ts";
import type { ServiceName } from "../service_names.ts";
import { entryPoint, runFlags, serviceProcesses } from "../services.ts";
import { withAddresses } from "../with_addresses.ts";
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
 * default; files that it doesn't name are those of the service's data folder. A command, which doesn't serve, isn't told
 * the plan's `DT_ISSUER`: AC leaves the one that it has in its data folder.
 */
export function serviceTask(
  service: ServiceName,
  plan: Plan,
  paths: MachinePaths,
  environment: Readonly<Record<string, string>>,
  readFile: (path: string) => string,
  { serves = true }: { readonly serves?: boolean } = {},
): ServiceTask {
  const own = ownSettings(service, environment);
  const folder = resolve(own["DT_DATA_DIR"] ?? `${plan.dataDir}/${service}`);
  const beside = { ...plan, dataDir: dirname(folder) };
  const process = serviceProcesses(beside, paths, environment).find((other) => other.service === service);
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process?.env ?? {})) {
    // A secret that is given itself is not looked for in a file.
    if (name.replace(/_FILE$/, "") in own) continue;
    if (name === "DT_ISSUER" && !serves) continue;
    env[name] = value.replace(`${beside.dataDir}/${service}/`, `${folder}/`);
  }
  Object.assign(env, own);
  const { root } = plan;
  const permissions = ownPermissions(service, { root, paths, env: withAddresses(env, readFile) });
  return {
    args: [...runFlags(root, permissions), `${root}/${entryPoint(service)}`],
    env,
    files: namedFiles(env),
    readyUrl: `http://${innerHost({ host: env["DT_HOST"] ?? "" })}:${env["DT_PORT"]}/ready`,
  };
}
