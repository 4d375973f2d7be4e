import {
  commonSettings,
  host,
  identifier,
  integer,
  ipAddress,
  milliseconds,
  optional,
  path,
  portRange,
  registeredSettings,
  settings,
  url,
  type ValuesOf,
} from "../shared/config/mod.ts";

/** The settings of a media handler. */
export const mediaSettings = settings({
  service: "media",
  summary:
    "the Media Handler: forwards the participants' media; `deno task media -- --self-test` looks at what it needs",
}, {
  ...commonSettings({ port: 8082, dataDir: ".data/media" }),
  ...registeredSettings({ clientId: "media" }),
  handlerId: identifier("DT_HANDLER_ID", { default: "mh-1", help: "this handler's id in the registry" }),
  controlUrl: optional(url("DT_CONTROL_URL", {
    help: "where other services reach this one; by its own address and port unless given",
  })),
  publicHost: host("DT_PUBLIC_HOST", {
    default: "127.0.0.1",
    help: "the address at which browsers reach the media ports",
  }),
  rtcPort: integer("DT_RTC_PORT", {
    default: 44400,
    min: 1024,
    max: 65_535,
    help: "first of the media ports, UDP and TCP, one for each SFU worker",
  }),
  pipeHost: ipAddress("DT_PIPE_HOST", {
    default: "127.0.0.1",
    help: "where pipes between routers listen; other handlers have to reach it",
  }),
  pipePorts: portRange("DT_PIPE_PORTS", {
    default: { min: 45_000, max: 45_999 },
    help: "UDP ports of the pipes",
  }),
  sfuWorkers: integer("DT_SFU_WORKERS", {
    default: Math.min(navigator.hardwareConcurrency, 64),
    min: 1,
    max: 64,
    help: "how many SFU worker processes; by default the number of cores",
  }),
  workerFile: path("MEDIASOUP_WORKER_BIN", { help: "the mediasoup worker program" }),
  orphanMs: milliseconds("DT_MEETING_KEEP_MS", {
    default: 60_000,
    max: 3_600_000,
    help: "how long a meeting is kept after its controller's link went down",
  }),
  previousTransportsMs: milliseconds("DT_TRANSPORT_KEEP_MS", {
    default: 10_000,
    max: 600_000,
    help: "how long a participant's replaced transports live on at the most",
  }),
  statisticsMs: milliseconds("DT_STATISTICS_PERIOD_MS", {
    default: 5_000,
    min: 100,
    max: 600_000,
    help: "pause between two rounds of gathering traffic counts",
  }),
  cpuPercentFull: integer("DT_LIMIT_CPU_PERCENT", {
    default: 90,
    min: 1,
    max: 100,
    help: "load of an SFU worker, in percent of a core, from which on it takes nobody new",
  }),
  cpuPercentFree: integer("DT_LIMIT_CPU_AGAIN_PERCENT", {
    default: 72,
    min: 0,
    max: 100,
    help: "load at which an SFU worker that was full takes newcomers again",
  }),
  workerSilenceMs: milliseconds("DT_WORKER_SILENCE_MS", {
    default: 5_000,
    min: 1_000,
    max: 600_000,
    help: "an SFU worker that doesn't answer for so long is killed and replaced",
  }),
  sendKbps: integer("DT_LIMIT_SEND_KBPS", {
    default: 4_000,
    min: 100,
    max: 1_000_000,
    help: "most that a participant may send, in kbit/s",
  }),
  sendScreenKbps: integer("DT_LIMIT_SEND_SCREEN_KBPS", {
    default: 8_000,
    min: 100,
    max: 1_000_000,
    help: "most that a participant who shares a screen may send, in kbit/s",
  }),
  maxTransports: integer("DT_LIMIT_TRANSPORTS", {
    default: 2_000,
    min: 2,
    max: 1_000_000,
    help: "most transports at a time",
  }),
  maxRouterTransports: integer("DT_LIMIT_ROUTER_TRANSPORTS", {
    default: 1_000,
    min: 2,
    max: 1_000_000,
    help: "most transports of a meeting on one SFU worker; the next participants go to another worker",
  }),
  maxProducers: integer("DT_LIMIT_PRODUCERS", {
    default: 8,
    min: 1,
    max: 1_000,
    help: "most producers of one participant",
  }),
  maxConsumers: integer("DT_LIMIT_CONSUMERS", {
    default: 500,
    min: 1,
    max: 10_000,
    help: "most consumers of one participant",
  }),
  maxLinks: integer("DT_LIMIT_LINKS", {
    default: 256,
    min: 1,
    max: 10_000,
    help: "most links of meeting controllers at a time",
  }),
});

export type MediaSettings = ValuesOf<typeof mediaSettings>;
