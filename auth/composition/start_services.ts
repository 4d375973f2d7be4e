import { type Scope, valueOf } from "../../shared/actor/mod.ts";
import { AUDIENCES, createTokenVerifier, JwksManagerActor } from "../../shared/auth/mod.ts";
import { auditRecorder } from "../audit/audit_recorder.ts";
import { recorderWithin } from "../audit/record_within.ts";
import { ClientDirectoryActor } from "../clients/client_directory.ts";
import { KeyRotationActor } from "../keys/key_rotation.ts";
import { publishedKeys } from "../keys/published_keys.ts";
import { standStillAt } from "../keys/rotation_steps.ts";
import { rotationTimes } from "../keys/rotation_times.ts";
import { RequestLimiterActor } from "../limits/request_limiter.ts";
import { sharedCounters } from "../limits/shared_counters.ts";
import { createAuthMetrics } from "../metrics.ts";
import type { AuthMetrics } from "../metrics.ts";
import { createPasswordPool } from "../passwords/password_pool.ts";
import { SessionSweeperActor } from "../sessions/session_sweeper.ts";
import type { Settings } from "../settings.ts";
import type { RecordWithin } from "../store/audit_entry.ts";
import { loginFailures } from "../passwords/login_failures.ts";
import { endExpiredSessions } from "../store/sessions.ts";
import { TokenIssuerActor } from "../tokens/token_issuer.ts";
import type { AuthServices } from "./auth_services.ts";
import { applyBootstrap } from "./bootstrap.ts";
import type { AuthStores } from "./open_stores.ts";

/** An expired session is refused at once; its row goes within the hour. */
const SESSION_SWEEP_MS = 3_600_000;
const MAILBOX = 1_024;
/** Every request with a token asks these. */
const WIDE_MAILBOX = 4_096;

/** What tests start differently. */
export interface StartOptions {
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Whether actors that hold up their isolate live in Workers, which take four times as long to start as all else. */
  readonly workers: boolean;
}

/**
 * Starts the actors that AC's routes use, and creates what the bootstrap file names. There is a signing key when it
 * resolves.
 *
 * @throws {StartError} if the bootstrap file is of no use, or the times of rotation don't go together
 */
export async function startServices(
  settings: Settings,
  scope: Scope,
  stores: AuthStores,
  { now, workers }: StartOptions,
): Promise<AuthServices> {
  const { database, store, statements, keyring } = stores;
  const metrics = createAuthMetrics(now);
  metrics.signingKeyTerm.set({}, settings.keyRotationSeconds + settings.keyPublishAheadSeconds);
  const passwords = createPasswordPool(scope, {
    hashers: settings.passwordWorkers,
    waiting: settings.passwordWaiting,
    workers,
  });
  const recordWithin = recorderWithin(now);
  const { record, write: writeAudit } = auditRecorder(scope, { store, database, workers, metrics, now });
  if (settings.bootstrapFile !== undefined) {
    const services = { store, keyring, passwords, recordWithin, now };
    const operatorMade = await applyBootstrap(settings.bootstrapFile, services);
    // Only AC sees whether the database had an operator: who wrote the password into the file is told by this one.
    if (operatorMade) await Deno.writeTextFile(`${settings.dataDir}/operator.made`, "");
  }
  const failures = loginFailures(store, {
    freeFailures: settings.loginFailures,
    firstWaitMs: settings.loginFirstWaitSeconds * 1000,
    longestWaitMs: settings.loginLongestWaitSeconds * 1000,
  }, now);
  scope.spawn(SessionSweeperActor, {
    async endExpired(at) {
      await failures.sweep();
      return await endExpiredSessions(store, at);
    },
    periodMs: SESSION_SWEEP_MS,
    now,
  });
  return {
    settings,
    store,
    statements,
    keyring,
    metrics,
    passwords,
    record,
    recordWithin,
    writeAudit,
    now,
    ...await startKeys(settings, scope, stores, { metrics, recordWithin, now }),
    verifier: createTokenVerifier({
      keys: startOwnJwks(settings, scope, stores, now),
      audience: AUDIENCES.auth,
      now,
    }),
    requestLimiter: scope.spawn(RequestLimiterActor, {
      rates: ratesOf(settings),
      counters: sharedCounters(store, now),
    }, { capacity: MAILBOX }),
    loginFailures: failures,
    clientDirectory: scope.spawn(ClientDirectoryActor, { find: statements.findClient }, {
      capacity: WIDE_MAILBOX,
    }),
  };
}

/** The actors that sign, and that replace the key they sign with. */
async function startKeys(
  settings: Settings,
  scope: Scope,
  { database, store, keyring, masterKeys }: AuthStores,
  { metrics, recordWithin, now }: {
    readonly metrics: AuthMetrics;
    readonly recordWithin: RecordWithin;
    readonly now: () => number;
  },
): Promise<Pick<AuthServices, "tokenIssuer" | "keyRotation">> {
  const tokenIssuer = scope.spawn(TokenIssuerActor, {
    database,
    masterKeys,
    issuer: settings.issuer,
    rate: { count: settings.tokensPerSecond, periodMs: 1000, burst: settings.tokensBurst },
  }, { capacity: MAILBOX });
  const keyRotation = scope.spawn(KeyRotationActor, {
    store,
    keyring,
    times: rotationTimes(settings),
    periodMs: settings.keyRotationSeconds * 1000,
    checkMs: settings.keyCheckSeconds * 1000,
    issuer: tokenIssuer,
    recordWithin,
    ...(settings.faultRotationStep === undefined ? {} : { onStep: standStillAt(settings.faultRotationStep) }),
    onRotated: (result) => metrics.keyRotations.add({ result }),
    onKeys: (keys) => metrics.signingKeys(keys),
    now,
  });
  valueOf(await keyRotation.ask("ensure", undefined));
  return { tokenIssuer, keyRotation };
}

/** AC reads its own keys from its own database, which costs next to nothing. */
function startOwnJwks({ issuer }: Settings, scope: Scope, { store }: AuthStores, now: () => number) {
  return scope.spawn(JwksManagerActor, {
    issuers: new Map([[issuer, async () => ({ jwks: await publishedKeys(store, now()) })]]),
    cacheMs: 1000,
    unknownKeyIntervalMs: 0,
  }, { capacity: WIDE_MAILBOX });
}

function ratesOf(settings: Settings) {
  return {
    login: { count: settings.loginsPerSecond, periodMs: 1000, burst: settings.loginsBurst },
    service_token: {
      count: settings.serviceTokensPerSecond,
      periodMs: 1000,
      burst: settings.serviceTokensBurst,
    },
    registration: {
      count: settings.registrationsPerHour,
      periodMs: 3_600_000,
      burst: settings.registrationsPerHour,
    },
  };
}
