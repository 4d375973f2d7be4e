import {
  commonSettings,
  integer,
  list,
  milliseconds,
  networks,
  optional,
  origin,
  origins,
  path,
  platformSettings,
  regionSetting,
  seconds,
  secret,
  settings,
  zoneSetting,
} from "../shared/config/mod.ts";
import type { ValuesOf } from "../shared/config/mod.ts";

/** Everything that can be set at the Global Controller. */
export const globalSettings = settings({
  service: "global",
  summary:
    "the front door: REST gateway, meetings, where a meeting lives; serves the web page; `deno task global -- export` and `import` transfer its database",
}, {
  ...commonSettings({ port: 8080, dataDir: ".data/global" }),
  ...platformSettings({ clientId: "global" }),
  publicUrl: origin("DT_PUBLIC_URL", { default: "http://localhost:8080", help: "what browsers use" }),
  liveStore: path("DT_LIVE_STORE", {
    default: ".data/live/live.db",
    help: "the file that global and meeting controllers share",
  }),
  databaseUrl: optional(secret("DT_DATABASE_URL", {
    help:
      "postgres://user:password@host:port/database, several host:port with commas; without it a file in the data folder",
  })),
  databaseConnections: integer("DT_DATABASE_CONNECTIONS", {
    default: 8,
    min: 1,
    max: 200,
    help: "connections to PostgreSQL, at the most",
  }),
  liveStoreUrl: optional(secret("DT_LIVE_STORE_URL", {
    help: "redis://user:password@host:port/database, rediss://… or redis+sentinel://…; without it a file",
  })),
  webDir: path("DT_WEB_DIR", { default: "./global/web/dist", help: "the bundled web page" }),
  allowedOrigins: origins("DT_ALLOWED_ORIGINS", {
    default: [],
    help: "other origins whose pages may use REST",
  }),
  turnUrls: list("DT_TURN_URLS", {
    default: [],
    parse: (item) => /^turns?:[^\s,]+$/.test(item) ? item : undefined,
    item: "turn: and turns: addresses such as turn:turn.example.org:3478",
    help: "TURN servers that relay media for clients behind strict firewalls",
  }),
  turnSecret: optional(secret("DT_TURN_SECRET", {
    minLength: 16,
    help: "the secret that the TURN servers share; docs/turn.md",
  })),
  turnSeconds: seconds("DT_TURN_SECONDS", {
    default: 300,
    min: 30,
    max: 86_400,
    help: "how long a client's credentials for the TURN servers are good",
  }),
  trustedProxies: networks("DT_TRUSTED_PROXIES", {
    default: [],
    help: "proxies whose X-Forwarded-For counts",
  }),
  tlsCertFile: optional(path("DT_TLS_CERT_FILE", { help: "certificate chain, PEM" })),
  tlsKeyFile: optional(path("DT_TLS_KEY_FILE", { help: "its private key, PEM" })),
  region: optional(regionSetting()),
  zone: optional(zoneSetting()),
  heartbeatIntervalMs: milliseconds("DT_HEARTBEAT_INTERVAL_MS", {
    default: 2_000,
    min: 50,
    max: 60_000,
    help: "how often controllers and handlers report; a third of DT_HEARTBEAT_TIMEOUT_MS at the most",
  }),
  heartbeatTimeoutMs: milliseconds("DT_HEARTBEAT_TIMEOUT_MS", {
    default: 15_000,
    min: 100,
    max: 600_000,
    help: "silence of this length means gone",
  }),
  probeTimeoutMs: milliseconds("DT_PROBE_TIMEOUT_MS", {
    default: 500,
    min: 10,
    max: 10_000,
    help: "how long a shard that is said to be dead may take to answer",
  }),
  disabledUsersCheckSeconds: seconds("DT_DISABLED_USERS_CHECK_SECONDS", {
    default: 2,
    min: 1,
    max: 60,
    help: "how often the Auth Controller is asked who is disabled",
  }),
  addressPerSecond: limit("DT_LIMIT_ADDRESS_PER_SECOND", 100, "requests a second by address"),
  addressBurst: limit("DT_LIMIT_ADDRESS_BURST", 200, "requests at once by address"),
  userPerSecond: limit("DT_LIMIT_USER_PER_SECOND", 20, "requests a second by user"),
  userBurst: limit("DT_LIMIT_USER_BURST", 40, "requests at once by user"),
  guestsPerMinute: limit("DT_LIMIT_GUESTS_PER_MINUTE", 300, "guest tokens a minute by address"),
  unknownCodesPerMinute: limit("DT_LIMIT_UNKNOWN_CODES_PER_MINUTE", 5, "unknown meeting codes a minute"),
});

export type GlobalSettings = ValuesOf<typeof globalSettings>;

function limit(name: string, value: number, help: string) {
  return integer(name, { default: value, min: 1, max: 1_000_000, help });
}
