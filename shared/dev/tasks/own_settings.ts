import { namesPassedOnTo } from "../passed_on.ts";
import type { ServiceName } from "../service_names.ts";

/** Settings that only a service started by itself is given, each with the services that have it. */
const BY_HAND: readonly { readonly to: readonly ServiceName[]; readonly names: readonly string[] }[] = [
  { to: ["auth", "global", "meeting", "media"], names: ["DT_DRAIN_SECONDS", "DT_HOST", "DT_PORT"] },
  { to: ["auth", "global", "meeting", "media"], names: ["DT_DATA_DIR", "DT_ISSUER", "DT_PARENT_PIPE"] },
  { to: ["global", "meeting", "media"], names: ["DT_AUTH_URL", "DT_CLIENT_ID", "DT_CLIENT_SECRET"] },
  { to: ["meeting", "media"], names: ["DT_CONTROL_URL", "DT_GLOBAL_URL", "DT_PUBLIC_HOST"] },
  { to: ["global", "meeting"], names: ["DT_LIVE_STORE", "DT_PUBLIC_URL"] },
  {
    to: ["auth"],
    names: [
      "DT_BOOTSTRAP_FILE",
      "DT_FAULT_ROTATION_STEP",
      "DT_MASTER_KEY",
      "DT_REUSE_PORT",
    ],
  },
  { to: ["global"], names: ["DT_WEB_DIR"] },
  { to: ["global", "meeting"], names: ["DT_TLS_CERT_FILE", "DT_TLS_KEY_FILE"] },
  { to: ["meeting"], names: ["DT_CONTROLLER_ID", "DT_SHARDS", "DT_SHARD_PORT"] },
  { to: ["media"], names: ["DT_HANDLER_ID", "DT_RTC_PORT", "DT_SFU_WORKERS", "MEDIASOUP_WORKER_BIN"] },
];

/** The names of a service's settings; a secret's `NAME_FILE` goes by `NAME`. */
export function settingNames(service: ServiceName): string[] {
  return [
    ...BY_HAND.filter(({ to }) => to.includes(service)).flatMap(({ names }) => names),
    ...namesPassedOnTo(service),
  ];
}

/** What an environment has of a service's settings, those without a value left out. */
export function ownSettings(
  service: ServiceName,
  environment: Readonly<Record<string, string>>,
): Record<string, string> {
  const names = new Set(settingNames(service));
  const own = Object.entries(environment).filter(([name, value]) =>
    value !== "" && (names.has(name) || names.has(name.replace(/_FILE$/, "")))
  );
  return Object.fromEntries(own);
}
