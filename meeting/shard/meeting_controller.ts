import { z } from "zod";
import {
  type ActorContext,
  type ActorRef,
  ask,
  type Description,
  fail,
  type Failure,
  isolateRuntime,
  type Later,
  later,
  local,
  type MessageContext,
  protocol,
  type Result,
  tell,
} from "../../shared/actor/mod.ts";
import {
  AUDIENCES,
  createTokenVerifier,
  httpJwksSource,
  type JwksManager,
  JwksManagerActor,
  type MeetingTokenClaims,
  type TokenRefusal,
  type TokenVerifier,
} from "../../shared/auth/mod.ts";
import { createHandler, type Handler, jsonResponse, type Route, serve } from "../../shared/http/mod.ts";
import { configureLogging, type Level, logActorFailures, logger } from "../../shared/log/mod.ts";
import { BEARER_PREFIX, closeCodes, SUBPROTOCOL } from "../../shared/protocol/mod.ts";
import {
  importLiveStore,
  type LiveStore,
  type MeetingFacts,
  meetingFacts,
} from "../../shared/store/live/mod.ts";
import { otelTracer } from "../../shared/tracing/otel_tracer.ts";
import { badHandshake, Doorway, signalingPath } from "./doorway.ts";
import { shardMetrics } from "../metrics.ts";
import { meetingRoutes } from "./meeting_routes.ts";
import { Wire } from "../signaling/wire.ts";
import { ConnectionActor, type ConnectionLimits } from "../signaling/connection.ts";
import type { HandlerLinks } from "../routing/handler_links_protocol.ts";
import { HandlerLinksActor } from "./handler_links.ts";
import type { Census } from "../state/meeting.ts";
import type { Caller } from "../state/meeting_client.ts";
import { type MeetingAudit, MeetingAuditActor } from "../state/meeting_audit.ts";
import { MeetingStateActor } from "../state/meeting_state.ts";
import type { MeetingLimits } from "../state/meeting_state_init.ts";
import type { MeetingState } from "../state/meeting_state_protocol.ts";
import { Upstream } from "../platform/upstream.ts";

export const MeetingController = protocol({
  /** A request to this shard's listener: its health, or a client's WebSocket. */
  request: ask(local<{ readonly request: Request; readonly address: string }>(), local<Response>()),
  /** Ends a meeting that runs here. */
  endMeeting: ask(z.object({ meeting_id: z.string() }), z.void(), ["not_found", "unavailable"]),
  /** A meeting that runs here has new settings. */
  changeFacts: ask(meetingFacts, z.void(), ["not_found", "unavailable"]),
  /** Removes a user or guest, on whichever devices, from a meeting that runs here; `reason` is what they are told. */
  removeSubject: ask(z.object({ meeting_id: z.string(), sub: z.string(), reason: z.string() }), z.void(), [
    "not_found",
    "unavailable",
  ]),
  count: ask(
    z.void(),
    z.object({ meetings: z.number(), joined: z.number(), waiting: z.number(), away: z.number() }),
  ),
  /** Which keys tokens are verified by. */
  keysPublished: tell(z.object({ keyIds: z.array(z.string()).readonly() })),
  /** This shard's metrics, in prom-client's JSON. */
  metrics: ask(z.void(), z.array(z.unknown())),
  /** All actors of this shard, as trees. */
  describe: ask(z.void(), z.array(local<Description>())),
  /** Ends this shard's life as a bug would. Only asked where faults are injected on purpose. */
  crash: ask(z.void(), z.void()),
});

/** All that a shard is told; it crosses into a Worker, so it is plain data. */
export interface ShardInit {
  readonly service: string;
  readonly logLevel: Level;
  readonly host: string;
  readonly port: number;
  readonly tls: { readonly cert: string; readonly key: string } | null;
  readonly place: { readonly controller_id: string; readonly instance_id: string; readonly shard: string };
  readonly issuer: string;
  readonly jwksUrl: string;
  /** Origins whose pages may connect, beside localhost. */
  readonly origins: readonly string[];
  readonly unjoinedPerAddress: number;
  readonly meetingLimits: MeetingLimits;
  readonly connectionLimits: ConnectionLimits;
}

/** The names under which the main isolate hands its actors to a shard. */
export const shardImports = { upstream: "upstream" } as const;

/** At a start of all services AC may come a moment later, and the first participant right after it. */
const KEYS_RETRY_MS = 100;
const connectionMailbox = 1_024;
/** Whoever counts waits for no meeting that is busy. */
const countTimeoutMs = 500;

/** Owns a shard: its listener, its meetings, its links to media handlers. */
export class MeetingControllerActor {
  static readonly protocol = MeetingController;
  readonly #init: ShardInit;
  readonly #context: ActorContext<typeof MeetingController>;
  readonly #live: LiveStore;
  readonly #upstream: ActorRef<typeof Upstream>;
  readonly #audit: ActorRef<typeof MeetingAudit>;
  readonly #keys: ActorRef<typeof JwksManager>;
  readonly #verifier: TokenVerifier;
  /** Everything but signaling. */
  readonly #handler: Handler;
  readonly #log;
  readonly #meetings = new Map<string, ActorRef<typeof MeetingState>>();
  readonly #links: ActorRef<typeof HandlerLinks>;
  readonly #doorway: Doorway;
  readonly #metrics = shardMetrics();

  constructor(init: ShardInit, context: ActorContext<typeof MeetingController>) {
    configureLogging({ service: init.service, level: init.logLevel });
    context.cleanup(logActorFailures(isolateRuntime));
    isolateRuntime.trace(otelTracer());
    this.#init = init;
    this.#context = context;
    this.#log = logger("shard").with({ shard: init.place.shard });
    this.#live = importLiveStore(context);
    this.#upstream = context.imported(shardImports.upstream, Upstream);
    // Spawned before the meetings, so that it is still there when the last of them ends.
    this.#audit = context.spawn(MeetingAuditActor, {
      upstream: this.#upstream,
      onFailed: (result, entries) => this.#metrics.auditFailures.add({ result }, entries),
      now: Date.now,
    }, { name: "audit", capacity: 10_000 });
    this.#links = context.spawn(HandlerLinksActor, { upstream: this.#upstream }, {
      name: "links",
      capacity: 10_000,
    });
    this.#doorway = new Doorway({ ...init, perAddress: init.unjoinedPerAddress });
    const issuers = new Map([[init.issuer, httpJwksSource(init.jwksUrl)]]);
    this.#keys = context.spawn(JwksManagerActor, { issuers, retryAfterMs: KEYS_RETRY_MS }, { name: "jwks" });
    this.#verifier = createTokenVerifier({ keys: this.#keys, audience: AUDIENCES.meeting });
    const health: Route = {
      method: "GET",
      path: "/health",
      handler: () => jsonResponse(200, { status: "alive" }),
    };
    this.#handler = createHandler({ routes: [health, ...meetingRoutes(context.self, this.#verifier)] });
  }

  onStart(): void {
    const { host, port, tls } = this.#init;
    const { self } = this.#context;
    const server = serve({
      hostname: host,
      port,
      ...(tls === null ? {} : { tls }),
      portSetting: "DT_SHARD_PORT",
      handler: async (request, info) => {
        const address = info?.remoteAddr.transport === "tcp" ? info.remoteAddr.hostname : "";
        const answer = await self.ask("request", { request, address });
        return answer.ok
          ? answer.value
          : new Response(null, { status: 503, headers: { "retry-after": "1" } });
      },
    });
    this.#context.cleanup(() => server[Symbol.asyncDispose]());
    this.#log.info("listening", { port: server.port });
  }

  request({ request, address }: { request: Request; address: string }) {
    if (URL.parse(request.url)?.pathname !== signalingPath) {
      return later(Promise.resolve(this.#handler(request)));
    }
    const refusal = this.#doorway.refusal(request, address);
    if (refusal !== null) return refusal;
    const token = bearer(request.headers.get("sec-websocket-protocol") ?? "");
    return later(
      this.#context.pipe(this.#check(token), (checked) => this.#welcome(request, address, checked)),
    );
  }

  endMeeting({ meeting_id }: { meeting_id: string }, message: MessageContext) {
    return this.#ofMeeting(
      meeting_id,
      (meeting) => message.ask(meeting, "finish", { reason: "the meeting was ended" }),
    );
  }

  changeFacts(facts: MeetingFacts, message: MessageContext) {
    const { meeting_id } = facts.meeting;
    return this.#ofMeeting(meeting_id, (meeting) => message.ask(meeting, "changeFacts", facts));
  }

  removeSubject(
    { meeting_id, ...removal }: { meeting_id: string; sub: string; reason: string },
    message: MessageContext,
  ) {
    return this.#ofMeeting(meeting_id, (meeting) => message.ask(meeting, "removeSubject", removal));
  }

  keysPublished({ keyIds }: { keyIds: readonly string[] }): void {
    const told = this.#keys.tell("published", { issuer: this.#init.issuer, keyIds });
    if (told !== "accepted") this.#log.warn("the keys that tokens are verified by were not told", { told });
  }

  /** A meeting that doesn't answer in time counts as one without people. */
  count(_: void, message: MessageContext) {
    const meetings = [...this.#meetings.values()];
    const counts = meetings.map((meeting) =>
      message.ask(meeting, "count", undefined, { timeoutMs: countTimeoutMs })
    );
    return later(Promise.all(counts).then((counts) => sumOf(meetings.length, counts)));
  }

  metrics(): Promise<unknown[]> {
    return this.#metrics.registry.getMetricsAsJSON();
  }

  describe(): Description[] {
    return isolateRuntime.describe();
  }

  crash(): never {
    throw new Error("A fault was injected");
  }

  /** Is it a good token, and of somebody who was not removed? */
  async #check(token: string | null): Promise<MeetingTokenClaims | TokenRefusal | "removed"> {
    if (token === null) return "malformed";
    const verified = await this.#verifier.meeting(token);
    if (!verified.ok) return verified.reason;
    const { claims } = verified;
    const subject = { meeting_id: claims.meeting_id, sub: claims.sub, issued_ms: claims.iat * 1_000 };
    const revoked = await this.#context.ask(this.#live.revocations, "revoked", subject);
    if (!revoked.ok) return "unavailable";
    return revoked.value ? "removed" : claims;
  }

  /** A WebSocket can only be told why once it is open, so the refused are let in and closed at once. */
  #welcome(
    request: Request,
    address: string,
    checked: MeetingTokenClaims | TokenRefusal | "removed",
  ): Response {
    const upgraded = upgrade(request);
    if (upgraded === null) return badHandshake();
    const { socket, response } = upgraded;
    const wire = new Wire(socket, address);
    if (typeof checked === "string") {
      this.#metrics.refusedTokens.add({ reason: checked });
      this.#log.info("connection refused", { reason: checked, address });
      if (checked === "removed") wire.close(closeCodes.removed, "you were removed from this meeting");
      else if (checked === "unavailable") {
        wire.close(closeCodes.movedAway, "not ready: ask for a ticket again");
      } else wire.close(closeCodes.tokenRefused, "the token is not accepted");
      return response;
    }
    this.#doorway.entered(address, wire);
    const meeting = this.#meetingOf(checked.meeting_id);
    if (meeting.tell("connect", this.#callerOf(wire, checked, meeting)) !== "accepted") {
      wire.close(closeCodes.movedAway, "too busy: ask for a ticket again");
    }
    return response;
  }

  /** A client whose token is good, as the meeting takes them in. */
  #callerOf(wire: Wire, claims: MeetingTokenClaims, meeting: ActorRef<typeof MeetingState>): Caller {
    const { connectionLimits: limits } = this.#init;
    return {
      open: (spawn, routing) =>
        spawn(ConnectionActor, {
          wire,
          claims,
          meeting,
          routing,
          limits,
          upstream: this.#upstream,
          metrics: this.#metrics,
        }, { name: "connection", capacity: connectionMailbox, policy: { directive: "stop" } }),
      refuse: (code, reason) => wire.close(code, reason),
    };
  }

  /** Hands a request on to a meeting that runs here, without waiting for it. */
  #ofMeeting<C extends string>(
    meetingId: string,
    request: (meeting: ActorRef<typeof MeetingState>) => Promise<Result<void, C>>,
  ): Later<void | Failure<"not_found" | "unavailable">> | Failure<"not_found"> {
    const meeting = this.#meetings.get(meetingId);
    if (meeting === undefined) return notHere();
    return later(
      request(meeting).then((result) => {
        if (result.ok) return undefined;
        const { code, message } = result.error;
        return code === "over" || code === "stopped" ? notHere() : fail("unavailable", message);
      }),
    );
  }

  #meetingOf(meetingId: string): ActorRef<typeof MeetingState> {
    const known = this.#meetings.get(meetingId);
    if (known !== undefined) return known;
    const { place, meetingLimits } = this.#init;
    const meeting = this.#context.spawn(MeetingStateActor, {
      meetingId,
      place,
      live: this.#live,
      upstream: this.#upstream,
      audit: this.#audit,
      links: this.#links,
      limits: meetingLimits,
      metrics: this.#metrics,
    }, { name: `meeting ${meetingId}`, capacity: 4_096, policy: { directive: "stop" } });
    this.#meetings.set(meetingId, meeting);
    this.#context.watch(meeting, () => {
      if (this.#meetings.get(meetingId)?.id === meeting.id) this.#meetings.delete(meetingId);
    });
    return meeting;
  }
}

/** How many meetings and people there are. */
function sumOf(meetings: number, counts: readonly Result<Census, string>[]) {
  const sum = { meetings, joined: 0, waiting: 0, away: 0 };
  for (const count of counts) {
    if (!count.ok) continue;
    sum.joined += count.value.joined;
    sum.waiting += count.value.waiting;
    sum.away += count.value.away;
  }
  return sum;
}

const notHere = () => fail("not_found", "This meeting does not run here.");

/** `null` for a request that is no handshake (RFC 6455 §4.2.1): whatever strangers send fails their request alone. */
function upgrade(request: Request): Deno.WebSocketUpgrade | null {
  try {
    return Deno.upgradeWebSocket(request, { protocol: SUBPROTOCOL, idleTimeout: 0 });
  } catch {
    return null;
  }
}

/** The token among the offered subprotocols: `darktower.v1, bearer.…`. */
function bearer(offered: string): string | null {
  const protocols = offered.split(",").map((one) => one.trim());
  if (!protocols.includes(SUBPROTOCOL)) return null;
  return protocols.find((one) => one.startsWith(BEARER_PREFIX))?.slice(BEARER_PREFIX.length) ?? null;
}
