import type { ServiceName } from "./service_names.ts";

const ALL: readonly ServiceName[] = ["auth", "global", "meeting", "media"];

/** Settings of the services that `up` hands on from its own environment, each to the services that have it. */
const PASSED_ON: readonly { readonly to: readonly ServiceName[]; readonly names: readonly string[] }[] = [
  {
    to: ALL,
    names: [
      "DT_LIMIT_CONNECTIONS",
      "DT_LIMIT_CONNECTIONS_PER_ADDRESS",
      "DT_LIMIT_HEADERS_MS",
      "DT_LIMIT_IDLE_MS",
      "DT_LOG_LEVEL",
      "DT_METRICS_TOKEN",
    ],
  },
  { to: ["global", "meeting", "media"], names: ["DT_REGION", "DT_ZONE"] },
  { to: ["auth", "global", "meeting"], names: ["DT_ALLOWED_ORIGINS"] },
  { to: ["global", "meeting"], names: ["DT_LIVE_STORE_URL", "DT_TRUSTED_PROXIES"] },
  { to: ["auth", "global"], names: ["DT_DATABASE_CONNECTIONS", "DT_DATABASE_URL"] },
  {
    to: ["auth"],
    names: [
      "DT_KEY_CACHE_SECONDS",
      "DT_KEY_CHECK_SECONDS",
      "DT_KEY_FORCED_MINIMUM_AGE_SECONDS",
      "DT_KEY_MINIMUM_AGE_SECONDS",
      "DT_KEY_PUBLISH_AHEAD_SECONDS",
      "DT_KEY_ROTATION_SECONDS",
      "DT_LIMIT_LOGINS_BURST",
      "DT_LIMIT_LOGINS_PER_SECOND",
      "DT_LIMIT_LOGIN_FAILURES",
      "DT_LIMIT_LOGIN_FIRST_WAIT_SECONDS",
      "DT_LIMIT_LOGIN_LONGEST_WAIT_SECONDS",
      "DT_LIMIT_PASSWORD_WAITING",
      "DT_LIMIT_PASSWORD_WORKERS",
      "DT_LIMIT_REGISTRATIONS_PER_HOUR",
      "DT_LIMIT_SERVICE_TOKENS_BURST",
      "DT_LIMIT_SERVICE_TOKENS_PER_SECOND",
      "DT_LIMIT_TOKENS_BURST",
      "DT_LIMIT_TOKENS_PER_SECOND",
      "DT_MASTER_KEY_PREVIOUS",
      "DT_TOKEN_MEETING_SECONDS",
      "DT_TOKEN_SERVICE_SECONDS",
      "DT_TOKEN_SESSION_SECONDS",
      "DT_TOKEN_USER_SECONDS",
    ],
  },
  {
    to: ["global"],
    names: [
      "DT_DISABLED_USERS_CHECK_SECONDS",
      "DT_HEARTBEAT_INTERVAL_MS",
      "DT_HEARTBEAT_TIMEOUT_MS",
      "DT_LIMIT_ADDRESS_BURST",
      "DT_LIMIT_ADDRESS_PER_SECOND",
      "DT_LIMIT_GUESTS_PER_MINUTE",
      "DT_LIMIT_UNKNOWN_CODES_PER_MINUTE",
      "DT_LIMIT_USER_BURST",
      "DT_LIMIT_USER_PER_SECOND",
      "DT_PROBE_TIMEOUT_MS",
      "DT_TURN_SECONDS",
      "DT_TURN_SECRET",
      "DT_TURN_URLS",
    ],
  },
  {
    to: ["meeting"],
    names: [
      "DT_FAULT_INJECTION",
      "DT_IDLE_MEETING_SECONDS",
      "DT_LIMIT_AUDIBLE",
      "DT_LIMIT_BYTES_PER_SECOND",
      "DT_LIMIT_BYTE_BURST",
      "DT_LIMIT_HANDSHAKES_PER_SECOND",
      "DT_LIMIT_HANDSHAKE_BURST",
      "DT_LIMIT_HANDSHAKE_MS",
      "DT_LIMIT_JOIN_MS",
      "DT_LIMIT_MEETINGS",
      "DT_LIMIT_MESSAGES_PER_SECOND",
      "DT_LIMIT_MESSAGE_BURST",
      "DT_LIMIT_PARTICIPANTS",
      "DT_LIMIT_REFUSED_HANDSHAKES_PER_SECOND",
      "DT_LIMIT_REFUSED_HANDSHAKE_BURST",
      "DT_LIMIT_SEATS_PER_SUBJECT",
      "DT_LIMIT_SILENCE_MS",
      "DT_LIMIT_SOCKETS",
      "DT_LIMIT_UNAUTHENTICATED",
      "DT_LIMIT_UNJOINED",
      "DT_LIMIT_UNJOINED_PER_SUBJECT",
      "DT_LIMIT_WAITING_ROOM",
      "DT_PUBLIC_SIGNALING_URL",
      "DT_HUSH_SECONDS",
      "DT_RESUME_SECONDS",
      "DT_SNAPSHOT_MS",
      "DT_SOCKET",
    ],
  },
  {
    to: ["media"],
    names: [
      "DT_LIMIT_CONSUMERS",
      "DT_LIMIT_CPU_AGAIN_PERCENT",
      "DT_LIMIT_CPU_PERCENT",
      "DT_LIMIT_LINKS",
      "DT_LIMIT_PRODUCERS",
      "DT_LIMIT_ROUTER_TRANSPORTS",
      "DT_LIMIT_SEND_KBPS",
      "DT_LIMIT_SEND_SCREEN_KBPS",
      "DT_LIMIT_TRANSPORTS",
      "DT_MEETING_KEEP_MS",
      "DT_PIPE_HOST",
      "DT_PIPE_PORTS",
      "DT_STATISTICS_PERIOD_MS",
      "DT_TRANSPORT_KEEP_MS",
      "DT_WORKER_SILENCE_MS",
    ],
  },
];

/** Those of them that are secrets: `up` is given each as `NAME`, or as a file by `NAME_FILE`. */
export const SECRETS_PASSED_ON: readonly string[] = [
  "DT_DATABASE_URL",
  "DT_LIVE_STORE_URL",
  "DT_MASTER_KEY_PREVIOUS",
  "DT_METRICS_TOKEN",
  "DT_TURN_SECRET",
];

/** The runtime's own: where Deno keeps compiled modules (else in its user's home), whom it trusts, and its tracing. */
const OF_THE_RUNTIME = /^(DENO_DIR|DENO_CERT|OTEL_\w+)$/;

/** The settings that a service gets from the environment of `up`. */
export function namesPassedOnTo(service: ServiceName): string[] {
  return PASSED_ON.filter(({ to }) => to.includes(service)).flatMap(({ names }) => names);
}

/** Every setting that some service gets from the environment of `up`. */
export function namesPassedOn(): string[] {
  return PASSED_ON.flatMap(({ names }) => names);
}

/** What a service gets of the environment of `up`. */
export function passedOnTo(
  service: ServiceName,
  all: Readonly<Record<string, string>>,
): Record<string, string> {
  const names = namesPassedOnTo(service);
  const handed = Object.entries(all).filter(([name]) => names.includes(name) || OF_THE_RUNTIME.test(name));
  return {
    ...Object.fromEntries(handed),
    // Each goes by its own name in a trace.
    ...("OTEL_DENO" in all ? { OTEL_SERVICE_NAME: `dark-tower-${service}` } : {}),
  };
}
