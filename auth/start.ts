import { valueOf } from "../shared/actor/mod.ts";
import { AUDIENCES, createTokenVerifier, JwksManagerActor } from "../shared/auth/mod.ts";
import type { Server } from "../shared/http/mod.ts";
import { createServiceScope, type Life, serveService } from "../shared/service/mod.ts";
import { openDatabase } from "../shared/store/mod.ts";
import { ClientDirectoryActor } from "./actors/client_directory.ts";
import { KeyRotationActor } from "./actors/key_rotation.ts";
import { LoginGuardActor } from "./actors/login_guard.ts";
import { RequestLimiterActor } from "./actors/request_limiter.ts";
import { SessionSweeperActor } from "./actors/session_sweeper.ts";
import { TokenIssuerActor } from "./actors/token_issuer.ts";
import { auditRecorder } from "./audit_recorder.ts";
import { applyBootstrap } from "./bootstrap.ts";
import { databaseLocation } from "./database_location.ts";
import { createKeyring, decodeMasterKeys } from "./keys/keyring.ts";
import { publishedKeys } from "./keys/published_keys.ts";
import { standStillAt } from "./keys/rotation_steps.ts";
import { resealSigningKeys } from "./keys/reseal_signing_keys.ts";
import { createAuthMetrics } from "./metrics.ts";
import { createPasswordPool } from "./password_pool.ts";
import type { Parts } from "./parts.ts";
import { prepareDataDir } from "./prepare_data_dir.ts";
import { ready } from "./ready.ts";
import { rotationTimes } from "./rotation_times.ts";
import { routes } from "./routes/mod.ts";
import type { Settings } from "./settings.ts";
import { migrations } from "./store/migrations.ts";
import type { Tables } from "./store/schema.ts";
import { endExpiredSessions } from "./store/sessions.ts";
import { compileStatements } from "./store/statements.ts";

/** An expired session is refused at once; its row goes within the hour. */
const SESSION_SWEEP_MS = 3_600_000;

/** What tests start differently. */
export interface StartOptions {
  /** Milliseconds since the Unix epoch. */
  readonly now?: () => number;
  /** Whether actors that hold up their isolate live in Workers, which take four times as long to start as all else. */
  readonly workers?: boolean;
}

/**
 * Puts AC together: settings, store, actors, routes, listener. Everything goes on `life.stack`.
 *
 * @throws {StartError} if something outside of the program keeps it from starting
 */
export async function start(
  settings: Settings,
  life: Life,
  { now = Date.now, workers = true }: StartOptions = {},
): Promise<Server> {
  const times = rotationTimes(settings);
  const masterKeys = decodeMasterKeys(settings.masterKey, settings.masterKeyPrevious);
  const keyring = await createKeyring(masterKeys);
  await prepareDataDir(settings.dataDir, settings.issuer);
  const database = databaseLocation(settings);
  const store = life.stack.use(await openDatabase<Tables>(database, migrations));
  const statements = compileStatements(store);
  await resealSigningKeys(store, keyring, now());

  const scope = createServiceScope(life);
  const passwords = createPasswordPool(scope, {
    hashers: settings.passwordWorkers,
    waiting: settings.passwordWaiting,
    workers,
  });
  const metrics = createAuthMetrics(now);
  const { record, write: writeAudit } = auditRecorder(scope, { store, database, workers, metrics, now });
  if (settings.bootstrapFile !== undefined) {
    await applyBootstrap(settings.bootstrapFile, { store, statements, keyring, passwords, record, now });
  }
  const tokenIssuer = scope.spawn(TokenIssuerActor, {
    database,
    masterKeys,
    issuer: settings.issuer,
    rate: { count: settings.tokensPerSecond, periodMs: 1000, burst: settings.tokensBurst },
  }, { capacity: 1024 });
  const keyRotation = scope.spawn(KeyRotationActor, {
    store,
    keyring,
    times,
    periodMs: settings.keyRotationSeconds * 1000,
    checkMs: settings.keyCheckSeconds * 1000,
    issuer: tokenIssuer,
    record,
    ...(settings.faultRotationStep === undefined ? {} : { onStep: standStillAt(settings.faultRotationStep) }),
    onRotated: (result) => metrics.keyRotations.add({ result }),
    onKeys: (keys) => metrics.signingKeys(keys),
    now,
  });
  valueOf(await keyRotation.ask("ensure", undefined));
  const requestLimiter = scope.spawn(RequestLimiterActor, {
    rates: {
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
    },
  }, { capacity: 1024 });
  const loginGuard = scope.spawn(LoginGuardActor, {
    freeFailures: settings.loginFailures,
    firstWaitMs: settings.loginFirstWaitSeconds * 1000,
    longestWaitMs: settings.loginLongestWaitSeconds * 1000,
  }, { capacity: 1024 });
  scope.spawn(SessionSweeperActor, {
    endExpired: (at) => endExpiredSessions(store, at),
    periodMs: SESSION_SWEEP_MS,
    now,
  });
  const jwksManager = scope.spawn(JwksManagerActor, {
    issuers: new Map([[settings.issuer, async () => ({ jwks: await publishedKeys(store, now()) })]]),
    // AC reads its own keys from its own database, which costs next to nothing.
    cacheMs: 1000,
    unknownKeyIntervalMs: 0,
  }, { capacity: 4096 });
  const parts: Parts = {
    settings,
    store,
    statements,
    keyring,
    verifier: createTokenVerifier({ keys: jwksManager, audience: AUDIENCES.auth, now }),
    passwords,
    metrics,
    tokenIssuer,
    keyRotation,
    requestLimiter,
    loginGuard,
    record,
    writeAudit,
    clientDirectory: scope.spawn(ClientDirectoryActor, { find: statements.findClient }, { capacity: 4096 }),
    now,
  };
  return serveService(life, settings, {
    component: "ac",
    verifier: parts.verifier,
    routes: routes(parts),
    metrics: metrics.registry,
    notReady: () => ready(parts),
    reusePort: settings.reusePort,
    onHandled({ route, method, status, seconds }) {
      metrics.requests.add({ route, method, status: String(status) });
      metrics.requestDuration.observe({}, seconds);
    },
  });
}
