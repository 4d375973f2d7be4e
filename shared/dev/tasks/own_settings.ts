import { namesPassedOnTo, SECRETS_PASSED_ON } from "../passed_on.ts";
import { type ServiceName, SERVICES } from "../service_names.ts";
import { unknownNames } from "../unknown_names.ts";

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

/** Those of the settings that are secrets, each also given as a file by `NAME_FILE`. */
const SECRETS: readonly string[] = ["DT_CLIENT_SECRET", "DT_MASTER_KEY", ...SECRETS_PASSED_ON];

/** The names by which a service's settings are given, secrets' files among them. */
export function givenNames(service: ServiceName): string[] {
  const names = settingNames(service);
  return [...names, ...names.filter((name) => SECRETS.includes(name)).map((name) => `${name}_FILE`)];
}

/**
 * One line for each variable that looks like a setting and is none of any service's: what is another service's is no slip,
 * where all are given one environment.
 */
export function unknownOwnSettings(service: ServiceName, variables: readonly string[]): string[] {
  const others = SERVICES.flatMap(givenNames);
  return unknownNames(service, variables.filter((name) => !others.includes(name)), givenNames(service));
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
