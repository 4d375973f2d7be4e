import {
  choice,
  commonSettings,
  flag,
  host,
  identifier,
  integer,
  milliseconds,
  networks,
  optional,
  origin,
  origins,
  path,
  registeredSettings,
  seconds,
  secret,
  settings,
  text,
  url,
  type ValuesOf,
} from "../shared/config/mod.ts";

/** With a controller's and a shard's name for the placeholders it is an address of a WebSocket. */
function isSignalingUrl(template: string): boolean {
  const filled = URL.parse(template.replaceAll("{controller}", "mc-1").replaceAll("{shard}", "0"));
  return filled !== null && /^wss?:$/.test(filled.protocol) && !/[{}#\s]/.test(filled.host + filled.hash);
}

/** Everything that can be set of the Meeting Controller. */
export const definition = settings(
  {
    service: "meeting",
    summary: "Meeting Controller: live meetings, who is in, who may do what, who sees whom",
  },
  {
    ...commonSettings({ port: 8083, dataDir: ".data/meeting" }),
    ...registeredSettings({ clientId: "meeting" }),
    controllerId: identifier("DT_CONTROLLER_ID", {
      default: "mc-1",
      help: "this controller's id in the registry",
    }),
    controlUrl: optional(
      url("DT_CONTROL_URL", { help: "this controller's own address, for other services" }),
    ),
    publicUrl: origin("DT_PUBLIC_URL", {
      default: "http://localhost:8080",
      help: "the page's address; its origin may connect",
    }),
    publicHost: host("DT_PUBLIC_HOST", {
      default: "localhost",
      help: "host name of the shards for browsers",
    }),
    publicSignalingUrl: optional(text("DT_PUBLIC_SIGNALING_URL", {
      fits: isSignalingUrl,
      shape: "an absolute URL that starts with ws:// or wss://",
      help: "the shards' address behind a proxy, with {controller} and {shard} in it",
    })),
    allowedOrigins: origins("DT_ALLOWED_ORIGINS", {
      default: [],
      help: "other origins whose pages may connect",
    }),
    liveStore: path("DT_LIVE_STORE", { default: ".data/live/live.db", help: "the live store's file" }),
    liveStoreUrl: optional(secret("DT_LIVE_STORE_URL", {
      help: "redis://user:password@host:port/database, rediss://… or redis+sentinel://…; without it the file",
    })),
    tlsCertFile: optional(path("DT_TLS_CERT_FILE", { help: "certificate chain of the shards, PEM" })),
    tlsKeyFile: optional(path("DT_TLS_KEY_FILE", { help: "its private key, PEM" })),
    shards: integer("DT_SHARDS", {
      default: navigator.hardwareConcurrency,
      min: 1,
      max: 256,
      help: "module Workers that host meetings; one a core unless set",
    }),
    shardPort: integer("DT_SHARD_PORT", {
      default: 8090,
      min: 1,
      max: 65_535,
      help: "port of the first shard; the others follow",
    }),
    maxMeetings: integer("DT_LIMIT_MEETINGS", {
      default: 10_000,
      min: 1,
      help: "meetings this controller takes",
    }),
    maxParticipants: integer("DT_LIMIT_PARTICIPANTS", {
      default: 50_000,
      min: 1,
      help: "participants this controller takes",
    }),
    hushSeconds: seconds("DT_HUSH_SECONDS", {
      default: 12,
      min: 1,
      max: 600,
      help: "how long after the loss of a connection its participant's media is paused",
    }),
    awaySeconds: seconds("DT_RESUME_SECONDS", {
      default: 30,
      min: 1,
      max: 600,
      help: "how long a lost connection may be resumed",
    }),
    audible: integer("DT_LIMIT_AUDIBLE", {
      default: 16,
      min: 1,
      max: 1_000,
      help: "microphones that everybody in a meeting hears: the loudest, where there are more",
    }),
    idleSeconds: seconds("DT_IDLE_MEETING_SECONDS", {
      default: 3_600,
      min: 1,
      help: "how long an empty meeting goes on, with its chat, roles and lock",
    }),
    seatsPerSubject: integer("DT_LIMIT_SEATS_PER_SUBJECT", {
      default: 3,
      min: 1,
      help: "devices with which one user or guest may be in a meeting at the same time",
    }),
    waitingRoom: integer("DT_LIMIT_WAITING_ROOM", {
      default: 100,
      min: 1,
      help:
        "people who may wait to be let into one meeting; up to four fifths more where few addresses have taken most",
    }),
    snapshotPauseMs: milliseconds("DT_SNAPSHOT_MS", {
      default: 0,
      max: 10_000,
      help:
        "pause between two writes of a meeting's state, in which changes are gathered; answers wait for it",
    }),
    joinTimeoutMs: milliseconds("DT_LIMIT_JOIN_MS", {
      default: 5_000,
      min: 100,
      help: "time from opening a connection to its join",
    }),
    silenceMs: milliseconds("DT_LIMIT_SILENCE_MS", {
      default: 12_000,
      min: 1_000,
      help: "a client silent for this long is taken for gone",
    }),
    messagesPerSecond: integer("DT_LIMIT_MESSAGES_PER_SECOND", {
      default: 50,
      min: 1,
      help: "client messages a second, a connection",
    }),
    messageBurst: integer("DT_LIMIT_MESSAGE_BURST", {
      default: 100,
      min: 1,
      help: "client messages at once, a connection",
    }),
    bytesPerSecond: integer("DT_LIMIT_BYTES_PER_SECOND", {
      default: 256 * 1024,
      min: 1,
      help: "bytes of client messages a second, a connection",
    }),
    byteBurst: integer("DT_LIMIT_BYTE_BURST", {
      default: 1024 * 1024,
      min: 64 * 1024,
      help: "bytes of client messages at once, a connection",
    }),
    unauthenticatedPerAddress: integer("DT_LIMIT_UNAUTHENTICATED", {
      default: 20,
      min: 1,
      help: "open connections of one address whose token was refused",
    }),
    unjoinedPerAddress: integer("DT_LIMIT_UNJOINED", {
      default: 500,
      min: 1,
      help: "open connections of one address that have not joined",
    }),
    unjoinedPerSubject: integer("DT_LIMIT_UNJOINED_PER_SUBJECT", {
      default: 3,
      min: 1,
      help: "open connections of one user or guest that have not joined",
    }),
    handshakesPerSecond: integer("DT_LIMIT_HANDSHAKES_PER_SECOND", {
      default: 500,
      min: 1,
      help: "handshakes a second, an address",
    }),
    handshakeBurst: integer("DT_LIMIT_HANDSHAKE_BURST", {
      default: 2_000,
      min: 1,
      help: "handshakes at once, an address",
    }),
    refusedPerSecond: integer("DT_LIMIT_REFUSED_HANDSHAKES_PER_SECOND", {
      default: 10,
      min: 1,
      help: "refused handshakes a second, an address or a user; more are turned away unread",
    }),
    refusedBurst: integer("DT_LIMIT_REFUSED_HANDSHAKE_BURST", {
      default: 100,
      min: 1,
      help: "refused handshakes at once, an address or a user",
    }),
    sockets: integer("DT_LIMIT_SOCKETS", {
      default: 20_000,
      min: 1,
      help: "open sockets of a shard's port",
    }),
    handshakeTimeoutMs: milliseconds("DT_LIMIT_HANDSHAKE_MS", {
      default: 10_000,
      min: 100,
      help: "time from a socket's start to its WebSocket",
    }),
    socket: choice("DT_SOCKET", ["bounded", "deno"], {
      default: "bounded",
      help: "the WebSocket: bounded while a message comes in, or the runtime's own",
    }),
    trustedProxies: networks("DT_TRUSTED_PROXIES", {
      default: [],
      help: "proxies whose X-Forwarded-For counts",
    }),
    faultInjection: flag("DT_FAULT_INJECTION", {
      default: false,
      help: "lets fault tests crash a shard; never set it in production",
    }),
  },
);

export type Settings = ValuesOf<typeof definition>;
