import { type ActorRef, createScope, inWorker, type Scope, valueOf } from "../../../shared/actor/mod.ts";
import {
  AUDIENCES,
  createTokenVerifier,
  httpJwksSource,
  JwksManagerActor,
  ServiceTokenActor,
} from "../../../shared/auth/mod.ts";
import { createHandler, serve } from "../../../shared/http/mod.ts";
import { isPortFreed } from "../../../meeting/shard/is_port_freed.ts";
import { shardInternalUrl, shardRoutes } from "../../../meeting/shard/shard_routes.ts";
import { Secret } from "../../../shared/config/mod.ts";
import {
  defaultMeetingSettings,
  type MeetingOfferAnswer,
  type MeetingSettings,
} from "../../../shared/protocol/mod.ts";
import { exportLiveStore, type LiveStore, startLiveStore } from "../../../shared/store/live/mod.ts";
import { MeetingControllerActor } from "../../../meeting/shard/meeting_controller.ts";
import { shardImports } from "../../../meeting/shard/meeting_controller_protocol.ts";
import type { MeetingController } from "../../../meeting/shard/meeting_controller_protocol.ts";
import type { DoorLimits } from "../../../meeting/shard/doorway.ts";
import type { PortLimits } from "../../../meeting/shard/signaling_port.ts";
import { UpstreamActor } from "../../../meeting/platform/upstream.ts";
import type { SeatLimits } from "../../../meeting/state/seats.ts";
import { freePorts } from "../../free_ports.ts";
import { type Issuer, startIssuer } from "./issuer.ts";

/** One real shard in its Worker, with a real live store and issuer, and no media handler. */
export interface Shard extends AsyncDisposable {
  readonly url: string;
  /** The routes by which GC reaches the shard, on a control port. */
  readonly internalUrl: string;
  readonly issuer: Issuer;
  readonly ref: ActorRef<typeof MeetingController>;
  readonly live: LiveStore;
  /** The live store's file. */
  readonly liveFile: string;
  /** The shard's signaling port. */
  readonly port: number;
  /** Places a meeting on this shard, as GC does. Answers its id. */
  newMeeting(options?: { settings?: Partial<MeetingSettings>; maxParticipants?: number }): Promise<string>;
}

export interface ShardOptions {
  readonly awayMs?: number;
  readonly hushMs?: number;
  /** How long an empty meeting goes on. One with people in it writes four times as often. */
  readonly idleMs?: number;
  readonly seats?: Partial<SeatLimits>;
  readonly joinTimeoutMs?: number;
  readonly silenceMs?: number;
  readonly trustedProxies?: readonly string[];
  readonly socket?: "bounded" | "deno";
  readonly logLevel?: "info" | "error";
  readonly doorLimits?: Partial<DoorLimits>;
  readonly portLimits?: Partial<PortLimits>;
  /** The controller's answers to the next offers; afterwards it accepts. */
  readonly offers?: readonly MeetingOfferAnswer[];
  /** Has `hold` hang the shard's Worker, which counts as hung after so long a silence. */
  readonly hungAfterMs?: number;
  /** A Worker that hangs does so until the process ends. */
  readonly hangsForGood?: boolean;
  /** What the shard gets in place of the live store's leases. */
  readonly leases?: (scope: Scope, real: LiveStore["leases"]) => LiveStore["leases"];
}

export async function startShard(options: ShardOptions = {}): Promise<Shard> {
  const issuer = await startIssuer();
  const folder = await Deno.makeTempDir();
  const location = { kind: "sqlite", path: `${folder}/live.db` } as const;
  const scope = createScope();
  const live = startLiveStore(scope, location);
  const serviceTokens = scope.spawn(ServiceTokenActor, {
    tokenUrl: `${issuer.url}/api/v1/auth/service/token`,
    clientId: "meeting",
    clientSecret: new Secret("none"),
  });
  const upstream = scope.spawn(UpstreamActor, { globalUrl: issuer.url, serviceTokens, now: Date.now });
  const port = freePorts(1);
  const place = { controller_id: "mc-1", instance_id: "instance", shard: "0" };
  const ref = scope.spawn(MeetingControllerActor, {
    service: "meeting",
    logLevel: options.logLevel ?? "error",
    host: "127.0.0.1",
    port,
    tls: null,
    place,
    liveStore: location,
    issuer: issuer.url,
    jwksUrl: issuer.jwksUrl,
    origins: ["https://meet.example"],
    trustedProxies: options.trustedProxies ?? [],
    socket: options.socket ?? "bounded",
    doorLimits: {
      unauthenticatedPerAddress: 20,
      unjoinedPerAddress: 500,
      unjoinedPerSubject: 3,
      handshakesPerSecond: 500,
      handshakeBurst: 2_000,
      refusedPerSecond: 10,
      refusedBurst: 100,
      ...options.doorLimits,
    },
    portLimits: {
      sockets: 5_000,
      waiting: 2_000,
      waitingPerAddress: 500,
      waitingMs: 10_000,
      ...options.portLimits,
    },
    socketLimits: { messagesPerSecond: 50, messageBurst: 100, bytesPerSecond: 262_144, byteBurst: 1_048_576 },
    meetingLimits: {
      hushMs: options.hushMs ?? 12_000,
      awayMs: options.awayMs ?? 30_000,
      audible: 16,
      idleMs: options.idleMs ?? 60_000,
      snapshotPauseMs: 0,
      seats: { perSubject: 3, waiting: 100, ...options.seats },
    },
    connectionLimits: {
      joinTimeoutMs: options.joinTimeoutMs ?? 5_000,
      silenceMs: options.silenceMs ?? 12_000,
    },
  }, {
    home: inWorker(new URL(workerOf(options), import.meta.url), {
      permissions: { net: true, env: true, read: [folder], write: [folder] },
      // A debugger may hold the shard.
      silenceMs: options.hungAfterMs ?? Infinity,
      async hasEnded() {
        // Given up, the thread goes on to its end, as one does that hangs in a system call.
        if (!options.hangsForGood) await Deno.writeTextFile(`${location.path}.released`, "");
        return await isPortFreed("127.0.0.1", port);
      },
      exports: {
        ...exportLiveStore({ ...live, leases: options.leases?.(scope, live.leases) ?? live.leases }),
        [shardImports.upstream]: upstream,
      },
    }),
  });
  // Loading the Worker for the first time may take a while on a busy machine.
  valueOf(await ref.ask("count", undefined, { timeoutMs: 60_000 }));
  const issuers = new Map([[issuer.url, httpJwksSource(issuer.jwksUrl)]]);
  const keys = scope.spawn(JwksManagerActor, { issuers }, { name: "jwks of the controller" });
  const verifier = createTokenVerifier({ keys, audience: AUDIENCES.meeting });
  const offers = [...options.offers ?? []];
  const control = serve({
    hostname: "127.0.0.1",
    port: 0,
    handler: createHandler({
      routes: shardRoutes(
        [ref],
        verifier,
        "instance",
        () => Promise.resolve(offers.shift() ?? { accepted: true }),
      ),
    }),
  });
  return {
    internalUrl: shardInternalUrl(`http://127.0.0.1:${control.port}`, 0),
    url: `ws://127.0.0.1:${port}/signaling`,
    issuer,
    ref,
    live,
    liveFile: location.path,
    port,
    async newMeeting({ settings = {}, maxParticipants = 10 } = {}) {
      const meeting_id = crypto.randomUUID();
      const meeting = {
        meeting_id,
        code: meeting_id,
        join_url: `http://localhost/m/${meeting_id}`,
        display_name: "Stand-up",
        max_participants: maxParticipants,
        settings: {
          ...defaultMeetingSettings,
          allow_guests: true,
          allow_external_participants: true,
          ...settings,
        },
        status: "live" as const,
        created_at: new Date().toISOString(),
      };
      const facts = { meeting, org_id: "org" };
      valueOf(
        await live.leases.ask("assign", {
          meeting_id,
          facts,
          ...place,
          handlers: [],
          expected_generation: 0,
          term: 1,
        }),
      );
      return meeting_id;
    },
    async [Symbol.asyncDispose]() {
      await control[Symbol.asyncDispose]();
      await scope.close(2_000);
      await issuer[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

function workerOf({ hungAfterMs }: ShardOptions): string {
  return hungAfterMs === undefined ? "../../../meeting/shard/shard_worker.ts" : "./hanging_shard_worker.ts";
}
