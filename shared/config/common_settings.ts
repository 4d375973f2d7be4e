import { choice } from "./choice.ts";
import type { Field } from "./field.ts";
import { flag } from "./flag.ts";
import { host } from "./host.ts";
import { integer, milliseconds } from "./integer.ts";
import { optional } from "./optional.ts";
import { path } from "./path.ts";
import { secret } from "./secret.ts";
import type { Secret } from "./secret_value.ts";

/** The settings that every service has. */
export interface CommonSettings {
  readonly host: string;
  readonly port: number;
  readonly logLevel: "debug" | "info" | "warning" | "error";
  readonly dataDir: string;
  readonly drainSeconds: number;
  readonly parentPipe: boolean;
  readonly metricsToken: Secret | undefined;
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  readonly headersMs: number;
  readonly idleConnectionMs: number;
}

/** The fields of `CommonSettings`, which a service spreads into its own settings. */
export function commonSettings(
  defaults: { readonly port: number; readonly dataDir: string },
): { readonly [K in keyof CommonSettings]: Field<CommonSettings[K]> } {
  return {
    host: host("DT_HOST", { default: "127.0.0.1", help: "address to listen on" }),
    port: integer("DT_PORT", { default: defaults.port, min: 1, max: 65535, help: "port to listen on" }),
    logLevel: choice("DT_LOG_LEVEL", ["debug", "info", "warning", "error"], {
      default: "info",
      help: "least severe log lines to write",
    }),
    dataDir: path("DT_DATA_DIR", { default: defaults.dataDir, help: "the service's own folder" }),
    drainSeconds: integer("DT_DRAIN_SECONDS", {
      default: 8,
      min: 0,
      max: 3600,
      help: "time to finish what is in flight after SIGTERM",
    }),
    parentPipe: flag("DT_PARENT_PIPE", {
      default: false,
      help: "stop as on SIGTERM when standard input ends",
    }),
    metricsToken: optional(secret("DT_METRICS_TOKEN", {
      minLength: 16,
      help: "bearer token that /metrics asks for; without it whoever reaches the port may read them",
    })),
    maxConnections: integer("DT_LIMIT_CONNECTIONS", {
      default: 4_096,
      min: 1,
      max: 1_000_000,
      help: "open HTTP connections",
    }),
    maxConnectionsPerAddress: integer("DT_LIMIT_CONNECTIONS_PER_ADDRESS", {
      default: 512,
      min: 1,
      max: 1_000_000,
      help: "open HTTP connections of one address that is no trusted proxy's",
    }),
    headersMs: milliseconds("DT_LIMIT_HEADERS_MS", {
      default: 10_000,
      min: 100,
      max: 600_000,
      help: "time from opening an HTTP connection to its first request",
    }),
    idleConnectionMs: milliseconds("DT_LIMIT_IDLE_MS", {
      default: 75_000,
      min: 100,
      max: 3_600_000,
      help: "time of an HTTP connection without a request; longer than a proxy in front keeps it",
    }),
  };
}
