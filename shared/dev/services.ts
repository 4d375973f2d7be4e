import { permissionFlags, type Permissions } from "./permission_flags.ts";
import { innerHost, type MachinePaths, type Plan, ports, range } from "./plan.ts";
import { passedOnTo } from "./passed_on.ts";
import { authEnv, commonEnv, globalEnv, mediaEnv, meetingEnv } from "./service_environment.ts";
import type { ServiceName } from "./service_names.ts";
import {
  authPermissions,
  globalPermissions,
  mediaPermissions,
  meetingPermissions,
} from "./service_permissions.ts";

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
    args: [...runFlags(plan.root, permissions), `${plan.root}/${entryPoint(service)}`],
    env: {
      ...passedOnTo(service, passedOn),
      ...commonEnv(plan, port, `${plan.dataDir}/${service}`),
      ...env,
    },
    readyUrl: `${service === "global" && plan.tls !== undefined ? "https" : "http"}://${
      innerHost(plan)
    }:${port}/ready`,
  });
  return [
    ...range(plan.authControllers).map((index) =>
      process(
        "auth",
        index,
        ports.auth(plan),
        authPermissions(plan, paths, passedOn),
        authEnv(plan, passedOn),
      )
    ),
    process("global", 0, ports.global(plan), globalPermissions(plan, passedOn), globalEnv(plan)),
    ...range(plan.controllers).map((index) =>
      process(
        "meeting",
        index,
        ports.meeting(plan, index),
        meetingPermissions(plan, index, passedOn),
        meetingEnv(plan, index),
      )
    ),
    ...range(plan.handlers).map((index) =>
      process(
        "media",
        index,
        ports.media(plan, index),
        mediaPermissions(plan, paths, index),
        mediaEnv(plan, paths, index, passedOn),
      )
    ),
  ];
}

/** What a service loads before its entry point, in the checkout and in its executable. */
export const LOADED_EARLY = "shared/service/listen_early.ts";

/** Arguments of `deno` before the entry point. Nothing is asked, downloaded or checked at a start. */
export function runFlags(root: string, permissions: Permissions): string[] {
  return [
    "run",
    "--quiet",
    "--no-prompt",
    "--no-check",
    `--preload=${root}/${LOADED_EARLY}`,
    "--cached-only",
    ...permissionFlags(permissions),
  ];
}
