import { resolve } from "node:path";
import { host } from "../../config/host.ts";
import { integer } from "../../config/integer.ts";
import { optional } from "../../config/optional.ts";
import type { Parsed } from "../../config/parsed.ts";
import { path } from "../../config/path.ts";
import { secret } from "../../config/secret.ts";
import { settings, type ValuesOf } from "../../config/settings.ts";
import { text } from "../../config/text.ts";
import { origin } from "../../config/url.ts";
import { selfSignedFiles } from "./self_signed.ts";
import { allPorts, bracketed, isWildcard, type Plan } from "../plan.ts";

/** The settings of `up` that say where the data is, who the first operator is, and who reaches the page. */
export const dataFolderFields = {
  host: host("DT_HOST", { default: "127.0.0.1", help: "address to listen on" }),
  publicHost: optional(host("DT_PUBLIC_HOST", { help: "address that browsers reach; DT_HOST if not set" })),
  publicUrl: optional(origin("DT_PUBLIC_URL", { help: "the page's address for browsers, behind a proxy" })),
  dataDir: path("DT_DATA_DIR", { default: ".data", help: "folder of databases, keys, secrets and logs" }),
  adminEmail: text("DT_ADMIN_EMAIL", {
    default: "operator@darktower.local",
    pattern: /^[^\s@<>"]+@[^\s@<>"]+$/,
    shape: "an e-mail address",
    help: "address of the operator, made on the first start",
  }),
  adminPassword: optional(
    secret("DT_ADMIN_PASSWORD", {
      minLength: 12,
      help: "the operator's password; made and printed once if not set",
    }),
  ),
};

/** More of them than this have no room between the ports of one process and the next one's. */
const MOST_THREADS = 64;

/** The settings of `up`; `cores` is the default number of shards and of SFU workers, as far as they may be so many. */
export function upSettings(cores: number) {
  const threads = Math.min(cores, MOST_THREADS);
  return settings({
    service: "up",
    summary: "sets up what is missing and starts the four services on this machine",
  }, {
    port: integer("DT_PORT", {
      default: 8080,
      min: 1,
      max: 65535,
      help: "port of the page and the REST interface; the other ports follow it",
    }),
    rtcPort: integer("DT_RTC_PORT", {
      default: 44400,
      min: 1,
      max: 65535,
      help: "first media port, UDP and TCP; one for each SFU worker",
    }),
    shards: integer("DT_SHARDS", {
      default: threads,
      min: 1,
      max: MOST_THREADS,
      help: "threads that host meetings; one for each core",
    }),
    sfuWorkers: integer("DT_SFU_WORKERS", {
      default: threads,
      min: 1,
      max: MOST_THREADS,
      help: "mediasoup workers; one for each core",
    }),
    handlers: integer("DT_HANDLERS", { default: 1, min: 1, max: 9, help: "media handlers" }),
    handlerRegions: optional(text("DT_HANDLER_REGIONS", {
      pattern: /^[\w.-]{1,64}(,[\w.-]{1,64}){0,8}$/,
      shape: "regions with commas between them",
      help: "the handlers' regions, one after another; DT_REGION unless given",
    })),
    controllers: integer("DT_CONTROLLERS", { default: 1, min: 1, max: 9, help: "meeting controllers" }),
    authControllers: integer("DT_AUTH_CONTROLLERS", {
      default: 1,
      min: 1,
      max: 64,
      help: "processes of the auth controller, behind its one port",
    }),
    ...dataFolderFields,
  });
}

export type UpSettings = ValuesOf<ReturnType<typeof upSettings>>;

/** Makes a plan of the settings; refuses what can't work, in one line. */
export function planOf(
  values: UpSettings,
  root: string,
  cwd: string,
  { tls = false, trustsMore = false }: { readonly tls?: boolean; readonly trustsMore?: boolean } = {},
): Parsed<Plan> {
  const { host, port } = values;
  if (isWildcard(host) && values.publicHost === undefined) {
    const message = `DT_HOST is "${host}"; it needs DT_PUBLIC_HOST, the address that browsers reach`;
    return { ok: false, message };
  }
  const publicHost = values.publicHost ?? host;
  const dataDir = resolve(cwd, values.dataDir);
  // Either may have it from the folder in which this is run.
  const unusable = [root, dataDir].find((folder) => folder.includes(","));
  if (unusable !== undefined) {
    return { ok: false, message: `the folder is "${unusable}"; it must be one whose path has no comma` };
  }
  const plan: Plan = {
    root,
    dataDir,
    ...(tls ? { tls: selfSignedFiles(dataDir, trustsMore) } : {}),
    port,
    host,
    publicHost,
    publicUrl: values.publicUrl ?? `${tls ? "https" : "http"}://${pageHost(publicHost)}:${port}`,
    rtcPort: values.rtcPort,
    shards: values.shards,
    sfuWorkers: values.sfuWorkers,
    handlers: values.handlers,
    ...(values.handlerRegions === undefined ? {} : { handlerRegions: values.handlerRegions.split(",") }),
    controllers: values.controllers,
    authControllers: values.authControllers,
  };
  const clash = portClash(plan);
  return clash === undefined ? { ok: true, value: plan } : { ok: false, message: clash };
}

/** Browsers give camera and microphone to `localhost`, whatever the address behind it. */
function pageHost(publicHost: string): string {
  if (publicHost === "127.0.0.1" || publicHost === "::1") return "localhost";
  return bracketed(publicHost);
}

function portClash(plan: Plan): string | undefined {
  const seen = new Map<string, string>();
  for (const { port, transport, what } of allPorts(plan)) {
    if (port > 65535) {
      return `DT_PORT is ${plan.port} and DT_RTC_PORT is ${plan.rtcPort}; the port of a ${what} would be ${port}, over 65535`;
    }
    const other = seen.get(`${transport} ${port}`);
    if (other !== undefined) {
      return `DT_PORT is ${plan.port} and DT_RTC_PORT is ${plan.rtcPort}; ${other} and ${what} would share port ${port}`;
    }
    seen.set(`${transport} ${port}`, what);
  }
  return undefined;
}
