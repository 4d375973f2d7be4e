import { type ActorRef, inWorker } from "../shared/actor/mod.ts";
import { AUDIENCES } from "../shared/auth/mod.ts";
import type { Server } from "../shared/http/mod.ts";
import { logger, logUntold } from "../shared/log/mod.ts";
import {
  connectPlatform,
  createServiceScope,
  drainTimes,
  jwksUrl,
  type Life,
  obstacleOf,
  program,
  RegistrationActor,
  serveService,
} from "../shared/service/mod.ts";
import {
  checkLiveStore,
  exportLiveStore,
  foldersOf,
  type LiveStore,
  type LiveStoreLocation,
  liveStoreLocation,
  startLiveStore,
} from "../shared/store/live/mod.ts";
import { type Certificate, CertificateWatchActor, readCertificate } from "../shared/tls/mod.ts";
import { MeetingControllerActor } from "./shard/meeting_controller.ts";
import { type MeetingController, shardImports, type ShardInit } from "./shard/meeting_controller_protocol.ts";
import { doesStoreAnswer } from "./platform/does_store_answer.ts";
import { EpochWatchActor } from "./platform/epoch_watch.ts";
import { LeaseSweepActor } from "./platform/lease_sweep.ts";
import { UpstreamActor } from "./platform/upstream.ts";
import { answerOffer } from "./shard/answer_offer.ts";
import { assertPortsFree } from "./shard/assert_ports_free.ts";
import { controllerMetrics } from "./shard/controller_metrics.ts";
import { faultRoutes } from "./shard/fault_routes.ts";
import { isPortFreed } from "./shard/is_port_freed.ts";
import type { LoadCount } from "./shard/load_counts.ts";
import { definition, type Settings } from "./settings.ts";
import { shardCounter } from "./shard/shard_counter.ts";
import { shardEndpoints } from "./shard/shard_endpoints.ts";
import { shardRoutes } from "./shard/shard_routes.ts";
import { untilListening } from "./shard/until_listening.ts";

/**
 * Starts MC: live store, shards, registration, listener. Everything goes on `life.stack`.
 *
 * @throws {StartError} if something outside of the program keeps it from starting
 */
export async function start(settings: Settings, life: Life): Promise<Server> {
  const tls = await readCertificate(settings);
  const location = liveStoreLocation(settings);
  await checkLiveStore(location);
  assertPortsFree(settings.host, settings.shardPort, settings.shards);
  const scope = createServiceScope(life, { deadlineMs: settings.drainSeconds * 1_000 });
  const live = startLiveStore(scope, location);
  const platform = connectPlatform(scope, settings, AUDIENCES.meeting);
  const { serviceTokens, verifier } = platform;
  const upstream = scope.spawn(UpstreamActor, {
    globalUrl: settings.globalUrl,
    serviceTokens,
    now: Date.now,
  });
  const instanceId = crypto.randomUUID();
  const folders = foldersOf(location);
  const shards = Array.from(
    { length: settings.shards },
    (_, index) =>
      scope.spawn(MeetingControllerActor, shardInit(settings, { location, tls, instanceId, index }), {
        name: `shard ${index}`,
        home: inWorker(new URL("./shard/shard_worker.ts", import.meta.url), {
          permissions: { net: "inherit", env: "inherit", read: folders, write: folders },
          hasEnded: () => isPortFreed(settings.host, settings.shardPort + index),
          exports: { ...exportLiveStore(live), [shardImports.upstream]: upstream },
        }),
      }),
  );
  // Only then is the controller registered, so that no client is sent there earlier.
  await untilListening(shards, life.stopping);
  const countShards = shardCounter(shards);
  const registration = scope.spawn(RegistrationActor, {
    globalUrl: settings.globalUrl,
    list: "meeting-controllers",
    scope: "service.register-controller.gc",
    tokens: serviceTokens,
    load: () => loadOf(countShards),
    onKeyIds(keyIds) {
      platform.tellKeyIds(keyIds);
      for (const shard of shards) logUntold(shard.tell("keysPublished", { keyIds }), "keys were published");
    },
    onReplaced: (reason) => life.fail(new Error(reason)),
    registration: {
      id: settings.controllerId,
      instance_id: instanceId,
      region: settings.region,
      zone: settings.zone,
      endpoints: shardEndpoints(settings),
      capacity: { meetings: settings.maxMeetings, participants: settings.maxParticipants },
    },
  });
  scope.spawn(EpochWatchActor, {
    leases: live.leases,
    onLost() {
      for (const shard of shards) {
        logUntold(shard.tell("storeLost", undefined), "the live store has lost data");
      }
    },
  });
  scope.spawn(LeaseSweepActor, { live, idleMs: settings.idleSeconds * 1_000, now: Date.now });
  if (tls !== undefined) {
    scope.spawn(CertificateWatchActor, {
      files: settings,
      certificate: tls,
      use(certificate) {
        for (const shard of shards) {
          logUntold(shard.tell("useCertificate", certificate), "the certificate was replaced");
        }
      },
    });
  }
  life.stopping.addEventListener("abort", () => logUntold(registration.tell("drain", undefined), "drain"));
  const server = serveService(life, settings, {
    component: "mc",
    verifier,
    routes: [
      ...shardRoutes(shards, verifier, instanceId, () =>
        answerOffer({
          maxMeetings: settings.maxMeetings,
          maxParticipants: settings.maxParticipants,
          load: () => loadOf(countShards),
          isDraining: () => life.stopping.aborted,
          doesStoreAnswer: () => doesStoreAnswer(live),
        })),
      ...(settings.faultInjection ? faultRoutes(shards) : []),
    ],
    metrics: controllerMetrics(shards, countShards, new Date()),
    notReady: () => notReady(countShards, live, registration),
    describeWorkers: () => describeShards(shards),
    drainMs: Math.min(5_000, drainTimes(settings.drainSeconds).requestsMs),
  });
  // Disposed before everything else: the meetings move while the controller still answers.
  life.stack.defer(() => migrate(shards, migrationMs(settings.drainSeconds)));
  return server;
}

/** A second is for what comes after it. A hand-over that nobody takes needs more than three to be taken back. */
function migrationMs(drainSeconds: number): number {
  return Math.max(drainSeconds * 500, (drainSeconds - 1) * 1_000);
}

/** Hands all meetings over to other controllers, as far as there are any, within the time. */
async function migrate(
  shards: readonly ActorRef<typeof MeetingController>[],
  timeoutMs: number,
): Promise<void> {
  const outcomes = await Promise.all(shards.map((shard) => shard.ask("migrate", undefined, { timeoutMs })));
  for (const outcome of outcomes) {
    if (outcome.ok) logger("drain").info("meetings were handed over", outcome.value);
    else logger("drain").warn("a shard did not hand its meetings over", { code: outcome.error.code });
  }
}

/** Why GC should send nobody here, or what an operator should look at; `undefined` when all is well. */
async function notReady(
  countShards: () => Promise<LoadCount>,
  live: LiveStore,
  registration: Parameters<typeof obstacleOf>[0],
): Promise<string | undefined> {
  const [{ unstored }, isStoreThere] = await Promise.all([countShards(), doesStoreAnswer(live)]);
  if (unstored > 0) return `the live store can't be written: ${unstored} meetings go on without being stored`;
  return isStoreThere ? await obstacleOf(registration) : "the live store doesn't answer: nobody is let in";
}

async function loadOf(countShards: () => Promise<LoadCount>) {
  const { meetings, joined, waiting, away } = await countShards();
  return { meetings, participants: joined + waiting + away };
}

async function describeShards(shards: readonly ActorRef<typeof MeetingController>[]) {
  const trees = await Promise.all(shards.map((shard) => shard.ask("describe", undefined)));
  return Object.fromEntries(trees.map((tree, index) => [`shard ${index}`, tree.ok ? tree.value : []]));
}

function shardInit(
  settings: Settings,
  { location, tls, instanceId, index }: {
    readonly location: LiveStoreLocation;
    readonly tls: Certificate | undefined;
    readonly instanceId: string;
    readonly index: number;
  },
): ShardInit {
  return {
    service: "meeting",
    logLevel: settings.logLevel,
    host: settings.host,
    port: settings.shardPort + index,
    tls: tls ?? null,
    place: { controller_id: settings.controllerId, instance_id: instanceId, shard: String(index) },
    liveStore: location,
    issuer: settings.issuer,
    jwksUrl: jwksUrl(settings.authUrl),
    origins: [new URL(settings.publicUrl).origin, ...settings.allowedOrigins],
    trustedProxies: settings.trustedProxies,
    socket: settings.socket,
    doorLimits: {
      unauthenticatedPerAddress: settings.unauthenticatedPerAddress,
      unjoinedPerAddress: settings.unjoinedPerAddress,
      unjoinedPerSubject: settings.unjoinedPerSubject,
      handshakesPerSecond: settings.handshakesPerSecond,
      handshakeBurst: settings.handshakeBurst,
      refusedPerSecond: settings.refusedPerSecond,
      refusedBurst: settings.refusedBurst,
    },
    portLimits: {
      sockets: settings.sockets,
      waiting: Math.min(settings.sockets, 4 * settings.unjoinedPerAddress),
      waitingPerAddress: settings.unjoinedPerAddress,
      waitingMs: settings.handshakeTimeoutMs,
    },
    socketLimits: {
      messagesPerSecond: settings.messagesPerSecond,
      messageBurst: settings.messageBurst,
      bytesPerSecond: settings.bytesPerSecond,
      byteBurst: settings.byteBurst,
    },
    meetingLimits: {
      hushMs: settings.hushSeconds * 1_000,
      awayMs: settings.awaySeconds * 1_000,
      audible: settings.audible,
      idleMs: settings.idleSeconds * 1_000,
      snapshotPauseMs: settings.snapshotPauseMs,
      seats: { perSubject: settings.seatsPerSubject, waiting: settings.waitingRoom },
    },
    connectionLimits: {
      joinTimeoutMs: settings.joinTimeoutMs,
      silenceMs: settings.silenceMs,
    },
  };
}

if (import.meta.main) await program(definition, start);
