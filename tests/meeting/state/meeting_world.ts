import { type ActorRef, type Body, fail, later, type Result, type Scope } from "../../../shared/actor/mod.ts";
import type { AskName } from "../../../shared/actor/protocol.ts";
import { createProbe, createTestKit, type Probe, type TestKit } from "../../../shared/actor/testing/mod.ts";
import type { MeetingTokenClaims } from "../../../shared/auth/mod.ts";
import type {
  JoinAnswer,
  JoinRequest,
  MediaSource,
  MeetingSettings,
  Permission,
  SettingsChange,
} from "../../../shared/protocol/mod.ts";
import { changedSettings, closeCodes } from "../../../shared/protocol/mod.ts";
import {
  Leases,
  type MeetingFacts,
  type PermissionChanges,
  Revocations,
  Snapshots,
} from "../../../shared/store/live/mod.ts";
import { shardMetrics } from "../../../meeting/metrics.ts";
import { type FreshToken, Upstream } from "../../../meeting/platform/upstream.ts";
import type { MediaRouting } from "../../../meeting/routing/media_routing_protocol.ts";
import { HandlerLinksActor } from "../../../meeting/shard/handler_links.ts";
import { MeetingAudit } from "../../../meeting/state/meeting_audit.ts";
import type { MeetingClient } from "../../../meeting/state/meeting_client.ts";
import { MeetingStateActor } from "../../../meeting/state/meeting_state.ts";
import type { MeetingState } from "../../../meeting/state/meeting_state_protocol.ts";
import type { SeatLimits } from "../../../meeting/state/seats.ts";
import { FakeHandler } from "../routing/support/fake_handler.ts";
import { HandlerWire } from "../routing/support/handler_wire.ts";
import { leaseOf } from "../routing/support/lease.ts";
import { rtpCapabilities, rtpParameters } from "../routing/support/samples.ts";
import { ClientActor } from "./client_actor.ts";
import { Told } from "./told.ts";

export interface WorldOptions {
  /** Of the order in which actors take turns. */
  readonly seed?: number;
  readonly idleMs?: number;
  readonly settings?: Partial<MeetingSettings>;
  readonly maxParticipants?: number;
  /** Of the facts in its lease. */
  readonly hasBan?: true;
  /** Of the facts in its lease. */
  readonly permissionChanges?: PermissionChanges;
  /** The meeting goes on from it. */
  readonly snapshot?: string | null;
  /** What an earlier controller has left on the media handler. */
  readonly handler?: FakeHandler;
  readonly seats?: Partial<SeatLimits>;
  readonly clockSetByMs?: number;
}

/** A participant who was let in, or waits. */
export interface Entered {
  readonly id: string;
  /** Also their `sub`. */
  readonly name: string;
  readonly told: Told;
  readonly client: ActorRef<typeof MeetingClient>;
  readonly answer: JoinAnswer;
}

/** One meeting in virtual time, with a store that answers when the test lets it, and a fake handler. */
export class MeetingWorld {
  /** When each world begins, in milliseconds since the Unix epoch. */
  static readonly startMs = 1_700_000_000_000;
  readonly kit: TestKit;
  readonly handler: FakeHandler;
  readonly meeting: ActorRef<typeof MeetingState>;
  readonly snapshots: string[] = [];
  readonly upstream: Probe<typeof Upstream>;
  /** The stored messages of the chat, as JSON. */
  readonly chat: string[] = [];
  /** How often the meeting was released: its lease, snapshot and chat are gone then. */
  releases = 0;
  /** The meeting's lease in the store: its generation (0: there is none), and where it is. */
  generation = 1;
  readonly place = { controller_id: "mc" };
  /** Resolved once a write of another generation was refused. */
  readonly refusedWrite = Promise.withResolvers<void>();
  /** While set, writes to the store wait for it. */
  storeGate: Promise<void> | null = null;
  /** How long each write to the store takes. */
  storeMs = 0;
  /** While set, writes to the store fail: its disk is full. */
  isStoreFull = false;
  /** What the tokens of these people say beside their name. */
  readonly claims = new Map<string, Partial<MeetingTokenClaims>>();
  /** Where these people come from, if not from one place. */
  readonly addresses = new Map<string, string>();
  readonly revocations: Probe<typeof Revocations>;
  /** How far the clock was set forward. */
  clockSetByMs: number;
  /** When the tokens of these people were revoked, past this meeting. */
  readonly revokedAtMs = new Map<string, number>();
  readonly audit: Probe<typeof MeetingAudit>;
  readonly #scope: Scope;
  #facts: MeetingFacts;
  readonly #wire: HandlerWire;
  #routing: ActorRef<typeof MediaRouting> | null = null;

  constructor(
    {
      seed = 3,
      settings = {},
      maxParticipants = 100,
      hasBan,
      permissionChanges,
      snapshot = null,
      seats = {},
      idleMs = 60_000,
      handler = new FakeHandler(),
      clockSetByMs = 0,
    }: WorldOptions = {},
  ) {
    this.clockSetByMs = clockSetByMs;
    this.kit = createTestKit(seed);
    this.handler = handler;
    this.#wire = new HandlerWire(handler, this.kit.runtime);
    const scope = this.kit.createScope({ deadlineMs: 10_000 });
    this.#scope = scope;
    const leases = createProbe(scope, Leases, "leases");
    const lease = leaseOf(["mh-1"]);
    const { meeting } = lease.facts;
    this.#facts = {
      ...lease.facts,
      creator: "creator",
      ...(hasBan === undefined ? {} : { guest_banned: hasBan }),
      ...(permissionChanges === undefined ? {} : { permission_changes: permissionChanges }),
      meeting: {
        ...meeting,
        max_participants: maxParticipants,
        settings: {
          ...meeting.settings,
          allow_guests: true,
          allow_external_participants: true,
          ...settings,
        },
      },
    };
    const held = () => ({ ...lease, ...this.place, facts: this.#facts, generation: this.generation });
    leases.answer("acquire", () => this.isStoreFull ? this.unavailable() : held());
    leases.answer("lease", () => this.generation === 0 ? null : held());
    leases.answer("writeBack", (body) => {
      const { generation } = Leases.writeBack.input.parse(body);
      if (generation <= this.generation) return fail("fenced", "The store knows of a higher generation.");
      this.generation = generation;
    });
    leases.answer("release", () => this.isStoreFull ? this.unavailable() : void this.releases++);
    const snapshots = createProbe(scope, Snapshots, "snapshots");
    snapshots.answer("loadSnapshot", () => ({ snapshot, chat: [] }));
    snapshots.answer("saveSnapshot", (body) => {
      if (this.isStoreFull) return this.unavailable();
      const { generation, snapshot, chat } = Snapshots.saveSnapshot.input.parse(body);
      if (generation !== this.generation) {
        this.refusedWrite.resolve();
        return fail("fenced", "Another controller has the meeting.");
      }
      if (snapshot !== null) this.snapshots.push(snapshot);
      this.chat.push(...chat.map(({ message }) => message));
      return later(this.storeGate ?? this.#storing());
    });
    this.revocations = createProbe(scope, Revocations, "revocations");
    this.revocations.answer("revoke", () => undefined);
    this.revocations.answer("revoked", (body) => {
      const { sub, issued_ms } = Revocations.revoked.input.parse(body);
      return (this.revokedAtMs.get(sub) ?? -1) >= issued_ms;
    });
    const upstream = this.upstream = createProbe(scope, Upstream, "upstream");
    this.audit = createProbe(scope, MeetingAudit, "audit");
    upstream.answer("recordRemoval", () => undefined);
    upstream.answer("linkToken", () => ({ token: "t", expires_in_seconds: 3_600 }));
    const links = scope.spawn(HandlerLinksActor, {
      upstream: upstream.ref,
      runtime: this.kit.runtime,
      openSocket: (_url, options) => this.#wire.open(options),
    });
    this.meeting = scope.spawn(MeetingStateActor, {
      meetingId: "m",
      place: { controller_id: "mc", instance_id: "i", shard: "0" },
      live: { leases: leases.ref, snapshots: snapshots.ref, revocations: this.revocations.ref },
      upstream: upstream.ref,
      audit: this.audit.ref,
      links,
      limits: {
        audible: 16,
        hushMs: 12_000,
        awayMs: 30_000,
        idleMs,
        snapshotPauseMs: 0,
        seats: { perSubject: 3, waiting: 100, ...seats },
      },
      metrics: shardMetrics(),
      now: () => MeetingWorld.startMs + this.kit.clock.now() + this.clockSetByMs,
    }, { name: "meeting", capacity: 4_096 });
  }

  /** A client connects and asks to join; `joined` is the meeting's answer. */
  async join(name: string, request: JoinRequest = {}, capacity = 256) {
    const { told, client } = await this.connect(name, capacity);
    return { told, client, joined: this.joinOver(client, name, request) };
  }

  /** A connection that has not asked for anything yet. */
  async connect(name: string, capacity = 256) {
    const told = new Told();
    const opened = Promise.withResolvers<ActorRef<typeof MeetingClient>>();
    this.meeting.tell("connect", {
      open: (spawn, routing) => {
        this.#routing = routing;
        const client = spawn(ClientActor, { told: () => told }, { name, capacity });
        opened.resolve(client);
        return client;
      },
      refuse: (code) => void (told.ended = code),
    });
    const client = await this.kit.finish(opened.promise);
    return { told, client };
  }

  /** A client whose connection the meeting refuses. */
  async turnedAway(): Promise<Told> {
    const told = new Told();
    this.meeting.tell("connect", {
      open: () => {
        throw new Error("The meeting has taken the connection");
      },
      refuse: (code) => void (told.ended = code),
    });
    await this.kit.settle();
    return told;
  }

  /** A connection that is there asks to join. */
  joinOver(client: ActorRef<typeof MeetingClient>, name: string, request: JoinRequest = {}) {
    return this.meeting.ask("join", {
      claims: { ...claimsOf(name), ...this.claims.get(name) },
      request: { display_name: name, ...request },
      client,
      address: this.addresses.get(name) ?? "127.0.0.1",
    });
  }

  /** The same, and waits for the answer, which must be a success. */
  async enter(name: string, request: JoinRequest = {}, capacity = 256): Promise<Entered> {
    const { told, client, joined } = await this.join(name, request, capacity);
    const answer = await this.kit.finish(joined);
    if (!answer.ok) throw new Error(`${name}: ${answer.error.message}`);
    const entered: JoinAnswer = answer.value;
    return { id: entered.participant_id, name, told, client, answer: entered };
  }

  /** Asks the meeting, as a participant's connection does. Answers `ok`, or the refusal's code, when all is done. */
  async ask<N extends AskName<typeof MeetingState>>(
    name: N,
    body: Body<typeof MeetingState, N>,
  ): Promise<string> {
    const code = await this.outcome(this.meeting.ask(name, body));
    await this.kit.settle();
    return code;
  }

  async outcome(asked: Promise<Result<unknown, string>>): Promise<string> {
    const answer = await this.kit.finish(asked);
    return answer.ok ? "ok" : answer.error.code;
  }

  /** Produces a source over the transports of a join, and answers the producer's id. */
  async produce(by: Entered, source: MediaSource): Promise<string> {
    const produced = await this.kit.finish(this.#producing(by, source));
    if (!produced.ok) throw new Error(`${source}: ${produced.error.message}`);
    return produced.value.producer_id;
  }

  tryProduce(by: Entered, source: MediaSource): Promise<string> {
    return this.outcome(this.#producing(by, source));
  }

  async setPaused(
    { id: participantId, name }: Entered,
    producerId: string,
    paused: boolean,
  ): Promise<string> {
    const order = { participantId, sub: name, producerId, paused };
    const code = await this.outcome(this.routing().ask("setPaused", order));
    await this.kit.settle();
    return code;
  }

  /** Changes the meeting's settings, as GC does after a PATCH. */
  async changeSettings(change: SettingsChange): Promise<void> {
    await this.outcome(this.changingSettings(change));
    await this.kit.settle();
  }

  /** The same, under way. */
  changingSettings(change: SettingsChange) {
    this.storeSettings(change);
    // The keys are the permissions, which TypeScript can't follow through `keys`.
    const named = Object.keys(change.permissions ?? {}) as Permission[];
    return this.meeting.ask("changeFacts", { ...this.#facts, named_permissions: named });
  }

  /** Changes the settings in the lease alone: whoever was told of it is another controller. */
  storeSettings(change: SettingsChange): void {
    const { meeting, permission_changes: before = {} } = this.#facts;
    const named = Object.keys(change.permissions ?? {});
    this.#facts = {
      ...this.#facts,
      permission_changes: {
        ...before,
        ...Object.fromEntries(named.map((name) => [name, (before[name] ?? 0) + 1])),
      },
      meeting: { ...meeting, settings: changedSettings(meeting.settings, change) },
    };
  }

  /** How often changes of the settings have named each permission. */
  get permissionChanges(): PermissionChanges {
    return this.#facts.permission_changes ?? {};
  }

  /** The settings as they are now. */
  get settings(): MeetingSettings {
    return this.#facts.meeting.settings;
  }

  /** The answer of a store or service that is away. */
  unavailable() {
    return fail("unavailable", "It is away.");
  }

  /** A production under way. */
  producing(
    what: { participantId: string; sub: string; transportId: string; source: MediaSource; paused?: boolean },
  ) {
    const kind = what.source === "microphone" ? "audio" : "video";
    return this.routing().ask("produce", { paused: false, ...what, kind, rtpParameters });
  }

  #producing({ id: participantId, name: sub, answer }: Entered, source: MediaSource) {
    return this.producing({ participantId, sub, transportId: answer.transports?.send.id ?? "", source });
  }

  #storing(): Promise<void> {
    if (this.storeMs === 0) return Promise.resolve();
    return new Promise((resolve) => void this.kit.clock.set(resolve, this.storeMs));
  }

  /** A client's connection ends without a word. */
  lose(client: ActorRef<typeof MeetingClient>): void {
    client.tell("end", { code: closeCodes.movedAway, reason: "the test took it" });
  }

  /** The meeting's routing; known once a client has connected. */
  routing(): ActorRef<typeof MediaRouting> {
    if (this.#routing === null) throw new Error("Nobody has connected yet");
    return this.#routing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kit.finish(this.#scope.close(1_000));
  }

  /** The media handler hears of this controller no more, as if it were dead. */
  cut(): void {
    this.#wire.cut("unreachable");
  }
}

export const withMedia: JoinRequest = {
  rtp_capabilities: rtpCapabilities,
  layout: { mode: "grid", slots: 9 },
};

export function claimsOf(name: string): MeetingTokenClaims {
  return {
    iss: "i",
    aud: "darktower:meeting",
    sub: name,
    iat: 1_000,
    exp: 2_000_000_000,
    jti: name,
    meeting_id: "m",
    meeting_org_id: "o",
    home_org_id: "o",
    participant_type: "member",
    role: "participant",
    capabilities: [],
    display_name: name,
  };
}

/** A fresh meeting token, as GC gives it to a controller. */
export function freshTokenOf(name: string, says: Partial<FreshToken["claims"]> = {}): FreshToken {
  const { sub, iat, role, participant_type } = claimsOf(name);
  return { token: "fresh", expires_in: 900, claims: { sub, iat, role, participant_type, ...says } };
}
