import {
  type ActorContext,
  type ActorRef,
  type Description,
  fail,
  type Failure,
  isolateRuntime,
  type Later,
  later,
  type MessageContext,
  type Result,
} from "../../shared/actor/mod.ts";
import {
  AUDIENCES,
  createTokenVerifier,
  httpJwksSource,
  type JwksManager,
  JwksManagerActor,
  type MeetingTokenClaims,
  type TokenVerifier,
} from "../../shared/auth/mod.ts";
import { configureLogging, logActorFailures, logger, logUntold } from "../../shared/log/mod.ts";
import {
  importLiveStore,
  type LiveStore,
  type MeetingFactsChange,
  openDirectly,
} from "../../shared/store/live/mod.ts";
import type { Certificate } from "../../shared/tls/mod.ts";
import { inTurns } from "../../shared/in_turns.ts";
import { otelTracer } from "../../shared/tracing/otel_tracer.ts";
import { shardMetrics } from "../metrics.ts";
import { Upstream } from "../platform/upstream.ts";
import type { HandlerLinks } from "../routing/handler_links_protocol.ts";
import type { ClientSocket } from "../signaling/client_socket.ts";
import { ConnectionTests } from "../connection_test/connection_tests.ts";
import { ConnectionActor } from "../signaling/connection.ts";
import { type MeetingAudit, MeetingAuditActor } from "../state/meeting_audit.ts";
import { MeetingStateActor } from "../state/meeting_state.ts";
import type { MeetingState } from "../state/meeting_state_protocol.ts";
import { type CheckedToken, Doorway, type RefusedHandshake } from "./doorway.ts";
import { HandlerLinksActor } from "./handler_links.ts";
import { passSocket } from "./pass_socket.ts";
import { bearer, type Handshake } from "./handshake.ts";
import { LoadCounts, meetingLoad, noLoad } from "./load_counts.ts";
import { MeetingController, shardImports, type ShardInit } from "./meeting_controller_protocol.ts";
import { placedOf } from "./placed_of.ts";
import { openSignalingPort } from "./open_signaling_port.ts";
import type { ShardReading } from "./shard_totals.ts";
import type { SignalingPort } from "./signaling_port.ts";
import { untilMoved } from "./until_moved.ts";

/** The pause before AC's keys are asked for again: when all services start at once, AC may be up a moment later. */
const KEYS_RETRY_MS = 100;
const connectionMailbox = 1_024;
/** A count doesn't wait longer for a meeting that is busy. */
const countTimeoutMs = 500;
const portCheckMs = 1_000;
/** How often a shard looks how late its turn comes. */
const turnMs = 100;
/** A meeting that is lost to another controller, and that writes nothing, is noticed after this time. */
const leaseCheckMs = 5_000;
/** One try to hand a meeting over; a meeting that needs longer goes on with it. */
const handOverMs = 15_000;
/** How many meetings of a shard that ended are opened at a time. */
const concurrentOpenings = 16;

/** Owns a shard: its listener, its meetings and its links to media handlers. */
export class MeetingControllerActor {
  static readonly protocol = MeetingController;
  readonly #init: ShardInit;
  readonly #context: ActorContext<typeof MeetingController>;
  readonly #live: LiveStore;
  readonly #upstream: ActorRef<typeof Upstream>;
  readonly #audit: ActorRef<typeof MeetingAudit>;
  readonly #keys: ActorRef<typeof JwksManager>;
  readonly #verifier: TokenVerifier;
  readonly #log;
  readonly #meetings = new Map<string, ActorRef<typeof MeetingState>>();
  readonly #counts = new LoadCounts<ActorRef<typeof MeetingState>>({ ...noLoad, meetings: 1 });
  readonly #links: ActorRef<typeof HandlerLinks>;
  readonly #doorway: Doorway;
  readonly #tests: ConnectionTests;
  readonly #metrics = shardMetrics();
  readonly #life = crypto.randomUUID();
  #port: SignalingPort | undefined;
  #isDraining = false;
  #isHeld = false;

  constructor(init: ShardInit, context: ActorContext<typeof MeetingController>) {
    configureLogging({ service: init.service, level: init.logLevel });
    context.cleanup(logActorFailures(isolateRuntime));
    isolateRuntime.trace(otelTracer());
    this.#init = init;
    this.#context = context;
    this.#log = logger("shard").with({ shard: init.place.shard });
    this.#live = { ...importLiveStore(context), ...openDirectly(context, init.liveStore) };
    this.#upstream = context.imported(shardImports.upstream, Upstream);
    // Children stop newest first: spawned before the meetings, it stops after the last of them.
    this.#audit = context.spawn(MeetingAuditActor, {
      upstream: this.#upstream,
      onFailed: (result, entries) => this.#metrics.auditFailures.add({ result }, entries),
      now: Date.now,
    }, { name: "audit", capacity: 10_000 });
    this.#links = context.spawn(HandlerLinksActor, { upstream: this.#upstream }, {
      name: "links",
      capacity: 10_000,
    });
    this.#tests = new ConnectionTests({
      leases: this.#live.leases,
      links: this.#links,
      now: () => context.clock.now(),
    });
    this.#doorway = new Doorway({
      origins: init.origins,
      limits: init.doorLimits,
      now: () => context.clock.now(),
      onRefused: (refused) => this.#countRefused(refused),
    });
    const issuers = new Map([[init.issuer, httpJwksSource(init.jwksUrl)]]);
    this.#keys = context.spawn(JwksManagerActor, { issuers, retryAfterMs: KEYS_RETRY_MS }, { name: "jwks" });
    this.#verifier = createTokenVerifier({ keys: this.#keys, audience: AUDIENCES.meeting });
  }

  async onStart(): Promise<void> {
    const { clock, self } = this.#context;
    await this.#takeBack();
    const port = await openSignalingPort(self, this.#init, () => clock.now());
    this.#context.cleanup(() => port.close());
    this.#port = port;
    this.#context.every(portCheckMs, () => void port.check());
    this.#context.every(leaseCheckMs, () => void this.#fenceLost());
    this.#watchTurns();
    this.#log.info("listening", { port: port.port });
  }

  knock(handshake: Handshake) {
    const release = this.#doorway.knock(handshake);
    if (typeof release !== "function") return release;
    return later(
      this.#context.pipe(
        this.#check(bearer(handshake)),
        (checked) => this.#doorway.judge(handshake, checked, release),
      ),
    );
  }

  enter({ socket, claims }: { socket: ClientSocket; claims: MeetingTokenClaims }): void {
    const meeting = this.#meetingOf(claims.meeting_id);
    passSocket(socket, meeting, (spawn, routing) => {
      const init = {
        socket,
        claims,
        meeting,
        routing,
        limits: this.#init.connectionLimits,
        upstream: this.#upstream,
        metrics: this.#metrics,
        tests: this.#tests,
        now: Date.now,
      };
      return spawn(ConnectionActor, init, {
        name: "connection",
        capacity: connectionMailbox,
        policy: { directive: "stop" },
      });
    });
  }

  alive(): void {}

  openMeeting({ meeting_id }: { meeting_id: string }, message: MessageContext) {
    if (this.#isDraining) return fail("unavailable", "This controller drains.");
    if (this.#isHeld) return later(this.#letPass(message.remainingMs));
    this.#meetingOf(meeting_id);
    return this.#ofMeeting(meeting_id, (meeting) => message.ask(meeting, "ready", undefined));
  }

  migrate(_: void, message: MessageContext) {
    this.#isDraining = true;
    const times = {
      remainingMs: () => message.remainingMs,
      pause: (ms: number) => new Promise<void>((resolve) => void this.#context.after(ms, resolve)),
    };
    return later(untilMoved(
      () => [...this.#meetings.values()],
      (meeting) => message.ask(meeting, "migrate", undefined, { timeoutMs: handOverMs }),
      times,
    ));
  }

  endMeeting({ meeting_id }: { meeting_id: string }, message: MessageContext) {
    return this.#ofMeeting(
      meeting_id,
      (meeting) => message.ask(meeting, "finish", { reason: "the meeting was ended" }),
    );
  }

  changeFacts(facts: MeetingFactsChange, message: MessageContext) {
    const { meeting_id } = facts.meeting;
    return this.#ofMeeting(meeting_id, (meeting) => message.ask(meeting, "changeFacts", facts));
  }

  removeSubject(
    { meeting_id, sub }: { meeting_id: string; sub: string },
    message: MessageContext,
  ) {
    return this.#ofMeeting(meeting_id, (meeting) => message.ask(meeting, "removeSubject", { sub }));
  }

  roster({ meeting_id }: { meeting_id: string }, message: MessageContext) {
    return this.#ofMeeting(meeting_id, (meeting) => message.ask(meeting, "roster", undefined));
  }

  keysPublished({ keyIds }: { keyIds: readonly string[] }): void {
    const told = this.#keys.tell("published", { issuer: this.#init.issuer, keyIds });
    if (told !== "accepted") this.#log.warn("could not hand on the current key ids", { told });
  }

  useCertificate(certificate: Certificate): void {
    this.#port?.useCertificate(certificate);
  }

  storeLost(): void {
    for (const meeting of this.#meetings.values()) {
      logUntold(meeting.tell("storeLost", undefined), "the live store has lost data");
    }
  }

  count(_: void, message: MessageContext) {
    const timeoutMs = countTimeoutMs;
    return later(this.#counts.sum([...this.#meetings.values()], async (meeting) => {
      const counted = await message.ask(meeting, "count", undefined, { timeoutMs });
      return counted.ok ? { ok: true, value: meetingLoad(counted.value) } : counted;
    }));
  }

  async metrics(): Promise<ShardReading> {
    return { life: this.#life, metrics: await this.#metrics.registry.getMetricsAsJSON() };
  }

  describe(): Description[] {
    return isolateRuntime.describe();
  }

  crash(): never {
    throw new Error("A fault was injected");
  }

  hold(): void {
    this.#isHeld = true;
  }

  /** Whoever asks gets no answer in time. A longer silence would have the shard restarted. */
  #letPass(ms: number): Promise<Failure<"unavailable">> {
    const { promise, resolve } = Promise.withResolvers<Failure<"unavailable">>();
    this.#context.after(ms, () => resolve(fail("unavailable", "This shard is held.")));
    return promise;
  }

  /** Verifies a token, and that its subject was not removed. */
  async #check(token: string | null): Promise<CheckedToken> {
    if (token === null) return "malformed";
    const verified = await this.#verifier.meeting(token);
    if (!verified.ok) return verified.reason;
    const { claims } = verified;
    const subject = { meeting_id: claims.meeting_id, sub: claims.sub, issued_ms: claims.iat * 1_000 };
    const revoked = await this.#context.ask(this.#live.revocations, "revoked", subject);
    if (!revoked.ok) return "unavailable";
    return revoked.value ? "removed" : claims;
  }

  /**
   * Acquires anew the meetings of the shard that this one replaces: nothing that is left of it can write for them once
   * this one listens.
   */
  async #takeBack(): Promise<void> {
    const placed = await this.#context.ask(this.#live.leases, "placedOn", this.#init.place);
    // Without the store, each meeting is acquired when its first client comes.
    if (!placed.ok) {
      const { code } = placed.error;
      return this.#log.warn("could not look for meetings of an earlier shard", { code });
    }
    const opened = await inTurns(
      placed.value,
      concurrentOpenings,
      (meetingId) => this.#context.ask(this.#meetingOf(meetingId), "ready", undefined),
    );
    if (opened.length === 0) return;
    const taken = opened.filter(({ ok }) => ok).length;
    this.#log.warn("meetings of an earlier shard were taken back", { taken, of: opened.length });
  }

  /** Measures how late the event loop turns: every client of the shard waits for that. */
  #watchTurns(): void {
    const { clock } = this.#context;
    let lastMs = clock.now();
    this.#context.every(turnMs, () => {
      const nowMs = clock.now();
      this.#metrics.turnDelay.observe({}, Math.max(0, nowMs - lastMs - turnMs) / 1_000);
      lastMs = nowMs;
    });
  }

  /**
   * Ends the meetings here that were given to another controller, or to another shard of this one. One without a lease has
   * ended, or the store has lost it: its next write finds out which, and is made now.
   */
  async #fenceLost(): Promise<void> {
    const { place } = this.#init;
    const { controller_id, instance_id, shard } = place;
    const meetings = new Map(this.#meetings);
    const { placed, unplaced } = await placedOf(this.#context, this.#live.leases, place, [
      ...meetings.keys(),
    ]);
    for (const meetingId of unplaced) {
      const meeting = meetings.get(meetingId);
      if (meeting !== undefined) logUntold(meeting.tell("storeLost", undefined), "a meeting has no lease");
    }
    for (const { meeting_id, generation, ...lease } of placed) {
      const isSame = lease.controller_id === controller_id && lease.instance_id === instance_id;
      if (isSame && lease.shard === shard) continue;
      const meeting = meetings.get(meeting_id);
      if (meeting !== undefined) {
        logUntold(meeting.tell("placedElsewhere", { generation }), "a meeting is lost");
      }
    }
  }

  #countRefused({ reason, key, isToken, isFlood }: RefusedHandshake): void {
    this.#metrics.refusedHandshakes.add({ reason });
    if (isToken) this.#metrics.refusedTokens.add({ reason });
    if (isFlood) this.#log.warn("handshakes go on in spite of refusals", { key, reason });
    else if (isToken) this.#log.info("connection refused", { key, reason });
  }

  /** Hands a request on to a meeting that runs here, without waiting for it. */
  #ofMeeting<T, C extends string>(
    meetingId: string,
    request: (meeting: ActorRef<typeof MeetingState>) => Promise<Result<T, C>>,
  ): Later<T | Failure<"not_found" | "unavailable">> | Failure<"not_found"> {
    const meeting = this.#meetings.get(meetingId);
    if (meeting === undefined) return notHere();
    return later(
      request(meeting).then((result) => {
        if (result.ok) return result.value;
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
      now: Date.now,
    }, { name: `meeting ${meetingId}`, capacity: 4_096, policy: { directive: "stop" } });
    this.#meetings.set(meetingId, meeting);
    this.#context.watch(meeting, () => {
      if (this.#meetings.get(meetingId)?.id === meeting.id) this.#meetings.delete(meetingId);
    });
    return meeting;
  }
}

const notHere = () => fail("not_found", "This meeting does not run here.");
