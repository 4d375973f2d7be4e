import {
  choice,
  commonSettings,
  flag,
  integer,
  optional,
  origins,
  path,
  seconds,
  secret,
  settings,
  url,
} from "../shared/config/mod.ts";
import type { ValuesOf } from "../shared/config/mod.ts";
import { ROTATION_STEPS } from "./keys/rotation_steps.ts";

/** Longer than any schedule of rotations, and far from the last date that there is. */
const LONGEST_KEY_SECONDS = 400 * 86_400;

/** The settings of AC. */
export const definition = settings(
  {
    service: "auth",
    summary:
      "who are you: users, services, tokens, keys; `deno task auth -- help` shows the operator's commands",
  },
  {
    ...commonSettings({ port: 8081, dataDir: ".data/auth" }),
    issuer: url("DT_ISSUER", {
      default: "http://localhost:8080",
      help: "the address that browsers use; stands in every token as iss",
    }),
    allowedOrigins: origins("DT_ALLOWED_ORIGINS", {
      default: [],
      help: "other origins whose pages may renew and end sessions",
    }),
    masterKey: secret("DT_MASTER_KEY", {
      help: "base64 of 32 random bytes; protects signing keys and client secrets",
    }),
    masterKeyPrevious: optional(secret("DT_MASTER_KEY_PREVIOUS", {
      help: "the master key before this one, while it is being replaced",
    })),
    databaseUrl: optional(secret("DT_DATABASE_URL", {
      help:
        "postgres://user:password@host:port/database, several host:port with commas; without it a file in the data folder",
    })),
    databaseConnections: integer("DT_DATABASE_CONNECTIONS", {
      default: 8,
      min: 1,
      max: 200,
      help: "connections to PostgreSQL, at the most, and two for signing and the audit trail",
    }),
    reusePort: flag("DT_REUSE_PORT", {
      default: false,
      help: "several processes behind one port",
    }),
    bootstrapFile: optional(path("DT_BOOTSTRAP_FILE", {
      help: "JSON: the organisation, operator and clients to create where they are missing",
    })),
    userTokenSeconds: seconds("DT_TOKEN_USER_SECONDS", {
      default: 3600,
      min: 1,
      max: 86_400,
      help: "life of a user's token",
    }),
    serviceTokenSeconds: seconds("DT_TOKEN_SERVICE_SECONDS", {
      default: 3600,
      min: 1,
      max: 86_400,
      help: "life of a service's token",
    }),
    meetingTokenSeconds: seconds("DT_TOKEN_MEETING_SECONDS", {
      default: 900,
      min: 1,
      max: 900,
      help: "life of a meeting token, unless a shorter one is asked for",
    }),
    sessionSeconds: seconds("DT_TOKEN_SESSION_SECONDS", {
      default: 30 * 86_400,
      min: 60,
      max: 400 * 86_400,
      help: "life of a browser's session after its last use",
    }),
    keyRotationSeconds: seconds("DT_KEY_ROTATION_SECONDS", {
      default: 7 * 86_400,
      min: 1,
      max: LONGEST_KEY_SECONDS,
      help: "a new signing key this long after the last one",
    }),
    keyMinimumAgeSeconds: seconds("DT_KEY_MINIMUM_AGE_SECONDS", {
      default: 6 * 86_400,
      max: LONGEST_KEY_SECONDS,
      help: "least age of the newest key before a service may have it replaced",
    }),
    keyForcedMinimumAgeSeconds: seconds("DT_KEY_FORCED_MINIMUM_AGE_SECONDS", {
      default: 3600,
      max: LONGEST_KEY_SECONDS,
      help: "the same for an operator",
    }),
    keyCacheSeconds: seconds("DT_KEY_CACHE_SECONDS", {
      default: 300,
      max: 86_400,
      help: "how long others may keep the published keys",
    }),
    keyPublishAheadSeconds: seconds("DT_KEY_PUBLISH_AHEAD_SECONDS", {
      default: 360,
      max: 7 * 86_400,
      help: "how long a key is published before it signs; not less than DT_KEY_CACHE_SECONDS",
    }),
    keyCheckSeconds: seconds("DT_KEY_CHECK_SECONDS", {
      default: 60,
      min: 1,
      max: 86_400,
      help: "pause between two checks whether a key is due",
    }),
    loginsPerSecond: integer("DT_LIMIT_LOGINS_PER_SECOND", {
      default: 10,
      min: 1,
      help: "logins by address",
    }),
    loginsBurst: integer("DT_LIMIT_LOGINS_BURST", { default: 20, min: 1, help: "logins by address at once" }),
    serviceTokensPerSecond: integer("DT_LIMIT_SERVICE_TOKENS_PER_SECOND", {
      default: 10,
      min: 1,
      help: "requests for service tokens by address",
    }),
    serviceTokensBurst: integer("DT_LIMIT_SERVICE_TOKENS_BURST", {
      default: 20,
      min: 1,
      help: "the same at once",
    }),
    registrationsPerHour: integer("DT_LIMIT_REGISTRATIONS_PER_HOUR", {
      default: 20,
      min: 1,
      help: "registrations by address",
    }),
    tokensPerSecond: integer("DT_LIMIT_TOKENS_PER_SECOND", {
      default: 20,
      min: 1,
      help: "tokens for one subject",
    }),
    tokensBurst: integer("DT_LIMIT_TOKENS_BURST", {
      default: 40,
      min: 1,
      help: "tokens for one subject at once",
    }),
    loginFailures: integer("DT_LIMIT_LOGIN_FAILURES", {
      default: 5,
      min: 1,
      help: "failed logins of an account from an address before each next one has to wait",
    }),
    loginFirstWaitSeconds: seconds("DT_LIMIT_LOGIN_FIRST_WAIT_SECONDS", {
      default: 1,
      min: 1,
      help: "the first such wait; each next is twice as long",
    }),
    loginLongestWaitSeconds: seconds("DT_LIMIT_LOGIN_LONGEST_WAIT_SECONDS", {
      default: 900,
      min: 1,
      help: "the longest such wait",
    }),
    passwordWorkers: integer("DT_LIMIT_PASSWORD_WORKERS", {
      default: Math.min(navigator.hardwareConcurrency, 8),
      min: 1,
      max: 64,
      help: "threads that hash passwords, about 40 MiB each",
    }),
    passwordWaiting: integer("DT_LIMIT_PASSWORD_WAITING", {
      default: 16,
      min: 1,
      max: 1000,
      help: "passwords that may wait for each of them",
    }),
    faultRotationStep: optional(choice("DT_FAULT_ROTATION_STEP", ROTATION_STEPS, {
      help: "step at which fault tests hold a requested rotation; never set it in production",
    })),
  },
);

export type Settings = ValuesOf<typeof definition>;
