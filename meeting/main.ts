import { type ActorRef, createScope, inWorker } from "../shared/actor/mod.ts";
import {
  AUDIENCES,
  createTokenVerifier,
  debugRoutes,
  httpJwksSource,
  JwksManagerActor,
  ServiceTokenActor,
  tellKeyIds,
} from "../shared/auth/mod.ts";
import { type Life, program } from "../shared/config/mod.ts";
import { createHandler, operationRoutes, serve, type Server } from "../shared/http/mod.ts";
import { RegistrationActor } from "../shared/registry/mod.ts";
import { exportLiveStore, openLiveStore, startLiveStore } from "../shared/store/live/mod.ts";
import {
  type MeetingController,
  MeetingControllerActor,
  shardImports,
  type ShardInit,
} from "./shard/meeting_controller.ts";
import { UpstreamActor } from "./shard/upstream.ts";
import { assertPortsFree } from "./shard/assert_ports_free.ts";
import { controllerMetrics } from "./shard/controller_metrics.ts";
import { faultRoutes } from "./shard/fault_routes.ts";
import { countShards } from "./shard/count_shards.ts";
import { definition, type Settings } from "./settings.ts";
import { shardEndpoints } from "./shard/shard_endpoints.ts";

/** A shard that takes longer than this to start is not waited for; its supervisor goes on trying. */
const SHARD_START_MS = 10_000;

/**
 * Puts MC together: settings, live store, shards, registration, listener. Everything goes on `life.stack`.
 *
 * @throws {StartError} if something outside of the program keeps it from starting
 */
export async function start(settings: Settings, life: Life): Promise<Server> {
  const { stack } = life;
  await using _checked = await openLiveStore(settings.liveStore);
  assertPortsFree(settings.host, settings.shardPort, settings.shards);
  const scope = stack.use(createScope({
    deadlineMs: settings.drainSeconds * 1_000,
    onFailure: (error, path) => life.fail(new Error(`"${path}" failed too often`, { cause: error })),
  }));
  const live = startLiveStore(scope, settings.liveStore);
  const serviceTokens = scope.spawn(ServiceTokenActor, {
    tokenUrl: `${settings.authUrl}/api/v1/auth/service/token`,
    clientId: settings.clientId,
    clientSecret: settings.clientSecret,
  });
  const upstream = scope.spawn(UpstreamActor, { globalUrl: settings.globalUrl, serviceTokens });
  const instanceId = crypto.randomUUID();
  const shards = Array.from(
    { length: settings.shards },
    (_, index) =>
      scope.spawn(MeetingControllerActor, shardInit(settings, instanceId, index), {
        name: `shard ${index}`,
        home: inWorker(new URL("./shard/shard_worker.ts", import.meta.url), {
          permissions: { net: "inherit", env: "inherit" },
          exports: { ...exportLiveStore(live), [shardImports.upstream]: upstream },
        }),
      }),
  );
  // Nobody may be sent to a shard that doesn't listen yet: it answers once it does.
  await Promise.all(shards.map((shard) => shard.ask("count", undefined, { timeoutMs: SHARD_START_MS })));
  const keys = scope.spawn(JwksManagerActor, {
    issuers: new Map([[settings.issuer, httpJwksSource(jwksUrl(settings))]]),
  });
  const registration = scope.spawn(RegistrationActor, {
    globalUrl: settings.globalUrl,
    list: "meeting-controllers",
    scope: "service.register-controller.gc",
    tokens: serviceTokens,
    load: () => loadOf(shards),
    onKeyIds(keyIds) {
      tellKeyIds({ keys, tokens: serviceTokens }, settings.issuer, keyIds);
      for (const shard of shards) shard.tell("keysPublished", { keyIds });
    },
    registration: {
      id: settings.controllerId,
      instance_id: instanceId,
      region: settings.region,
      zone: settings.zone,
      endpoints: shardEndpoints(settings),
      capacity: { meetings: settings.maxMeetings, participants: settings.maxParticipants },
    },
  });
  const verifier = createTokenVerifier({ keys, audience: AUDIENCES.meeting });
  const notReady = async () => {
    if (life.stopping.aborted) return "draining";
    const obstacle = await registration.ask("obstacle", undefined);
    return obstacle.ok ? obstacle.value ?? undefined : obstacle.error.message;
  };
  return stack.use(serve({
    hostname: settings.host,
    port: settings.port,
    handler: createHandler({
      routes: [
        ...operationRoutes({
          registry: controllerMetrics(shards, new Date()),
          notReady,
          metricsToken: settings.metricsToken,
        }),
        ...debugRoutes({ verifier, component: "mc", describeWorkers: () => describeShards(shards) }),
        ...(settings.faultInjection ? faultRoutes(shards) : []),
      ],
    }),
  }));
}

function jwksUrl({ authUrl }: Settings): string {
  return `${authUrl}/.well-known/jwks.json`;
}

async function loadOf(shards: readonly ActorRef<typeof MeetingController>[]) {
  const { meetings, joined, waiting, away } = await countShards(shards);
  return { meetings, participants: joined + waiting + away };
}

async function describeShards(shards: readonly ActorRef<typeof MeetingController>[]) {
  const trees = await Promise.all(shards.map((shard) => shard.ask("describe", undefined)));
  return Object.fromEntries(trees.map((tree, index) => [`shard ${index}`, tree.ok ? tree.value : []]));
}

function shardInit(settings: Settings, instanceId: string, index: number): ShardInit {
  return {
    service: "meeting",
    logLevel: settings.logLevel,
    host: settings.host,
    port: settings.shardPort + index,
    tls: null,
    place: { controller_id: settings.controllerId, instance_id: instanceId, shard: String(index) },
    issuer: settings.issuer,
    jwksUrl: jwksUrl(settings),
    origins: [new URL(settings.publicUrl).origin, ...settings.allowedOrigins],
    unjoinedPerAddress: settings.unjoinedPerAddress,
    meetingLimits: {
      awayMs: settings.awaySeconds * 1_000,
      idleMs: settings.idleSeconds * 1_000,
      snapshotMs: settings.snapshotMs,
    },
    connectionLimits: {
      joinTimeoutMs: settings.joinTimeoutMs,
      silenceMs: settings.silenceMs,
      messagesPerSecond: settings.messagesPerSecond,
      messageBurst: settings.messageBurst,
    },
  };
}

if (import.meta.main) await program(definition, start);
