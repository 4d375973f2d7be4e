import {
  type ActorContext,
  type ActorRef,
  createScope,
  later,
  remoteLink,
  type Scope,
} from "../../../shared/actor/mod.ts";
import { createProbe, createTestKit, type TestKit } from "../../../shared/actor/testing/mod.ts";
import type { MeetingTokenClaims } from "../../../shared/auth/mod.ts";
import { MediaReports } from "../../../shared/protocol/media/control.ts";
import { mediaLinkNames } from "../../../shared/protocol/media/link.ts";
import type { JoinAnswer, JoinRequest, Notification } from "../../../shared/protocol/mod.ts";
import { closeCodes, parseServerFrame } from "../../../shared/protocol/mod.ts";
import { Leases, Snapshots } from "../../../shared/store/live/mod.ts";
import { shardMetrics } from "../../../meeting/metrics.ts";
import { Upstream } from "../../../meeting/platform/upstream.ts";
import type { MediaRouting } from "../../../meeting/routing/media_routing_protocol.ts";
import { HandlerLinksActor } from "../../../meeting/shard/handler_links.ts";
import { MeetingAudit } from "../../../meeting/state/meeting_audit.ts";
import { MeetingClient } from "../../../meeting/state/meeting_client.ts";
import { MeetingStateActor } from "../../../meeting/state/meeting_state.ts";
import type { MeetingState } from "../../../meeting/state/meeting_state_protocol.ts";
import { FakeControlActor, FakeHandler } from "../routing/support/fake_handler.ts";
import { leaseOf } from "../routing/support/lease.ts";
import { rtpCapabilities } from "../routing/support/samples.ts";
import { socketPair } from "../routing/support/socket_pair.ts";

/** The frames that one client was sent, in order. */
export class Told {
  readonly notifications: Notification[] = [];
  /** The code with which the meeting ended the connection. */
  ended: number | null = null;
  /** Blocks the client's mailbox for good. */
  isStuck = false;

  types(): string[] {
    return this.notifications.map(({ type }) => type);
  }
}

class ClientActor {
  static readonly protocol = MeetingClient;
  readonly #told: Told;
  readonly #context: ActorContext<typeof MeetingClient>;

  constructor(init: { told(): Told }, context: ActorContext<typeof MeetingClient>) {
    this.#told = init.told();
    this.#context = context;
  }

  notify(frames: string[]): void | Promise<void> {
    for (const text of frames) this.#note(text);
    if (this.#told.isStuck) return new Promise(() => {});
  }

  bound(frame: string): void {
    this.#note(frame);
  }

  admitted(frame: string): void {
    this.#note(frame);
  }

  end({ code }: { code: number }): void {
    this.#told.ended = code;
    this.#context.stop();
  }

  #note(text: string): void {
    const frame = parseServerFrame(text);
    if (frame.kind === "notification") this.#told.notifications.push(frame.notification);
  }
}

/** One meeting in virtual time, with a store that answers when the test lets it, and a fake handler. */
export class MeetingWorld {
  readonly kit: TestKit = createTestKit(3);
  readonly handler = new FakeHandler();
  readonly meeting: ActorRef<typeof MeetingState>;
  readonly snapshots: string[] = [];
  /** The stored messages of the chat, as JSON. */
  readonly chat: string[] = [];
  /** While set, writes to the store wait for it. */
  storeGate: Promise<void> | null = null;
  readonly #scope: Scope;
  #routing: ActorRef<typeof MediaRouting> | null = null;

  constructor() {
    const scope = this.kit.createScope({ deadlineMs: 10_000 });
    this.#scope = scope;
    const leases = createProbe(scope, Leases, "leases");
    leases.answer("acquire", () => leaseOf(["mh-1"]));
    leases.answer("release", () => undefined);
    const snapshots = createProbe(scope, Snapshots, "snapshots");
    snapshots.answer("loadSnapshot", () => ({ snapshot: null, chat: [] }));
    snapshots.answer("saveSnapshot", (body) => {
      const { snapshot, chat } = Snapshots.saveSnapshot.input.parse(body);
      if (snapshot !== null) this.snapshots.push(snapshot);
      this.chat.push(...chat.map(({ message }) => message));
      return later(this.storeGate ?? Promise.resolve());
    });
    const upstream = createProbe(scope, Upstream, "upstream");
    upstream.answer("linkToken", () => ({ token: "t", expires_in_seconds: 3_600 }));
    const links = scope.spawn(HandlerLinksActor, {
      upstream: upstream.ref,
      runtime: this.kit.runtime,
      openSocket: () => Promise.resolve(this.#openSocket()),
    });
    this.meeting = scope.spawn(MeetingStateActor, {
      meetingId: "m",
      place: { controller_id: "mc", instance_id: "i", shard: "0" },
      live: { leases: leases.ref, snapshots: snapshots.ref },
      upstream: upstream.ref,
      audit: createProbe(scope, MeetingAudit, "audit").ref,
      links,
      limits: { hushMs: 12_000, awayMs: 30_000, idleMs: 60_000, snapshotPauseMs: 0 },
      metrics: shardMetrics(),
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

  /** A connection that is there asks to join. */
  joinOver(client: ActorRef<typeof MeetingClient>, name: string, request: JoinRequest = {}) {
    return this.meeting.ask("join", {
      claims: claimsOf(name),
      request: { display_name: name, ...request },
      client,
      address: "127.0.0.1",
    });
  }

  /** The same, and waits for the answer, which must be a success. */
  async enter(name: string, request: JoinRequest = {}, capacity = 256) {
    const { told, client, joined } = await this.join(name, request, capacity);
    const answer = await this.kit.finish(joined);
    if (!answer.ok) throw new Error(`${name}: ${answer.error.message}`);
    const entered: JoinAnswer = answer.value;
    return { told, client, answer: entered };
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

  #openSocket() {
    const [controller, handler] = socketPair();
    const { runtime } = this.kit;
    const link = remoteLink(handler, runtime);
    const scope = createScope({ runtime });
    link.expose(mediaLinkNames.control, scope.spawn(FakeControlActor, this.handler, { name: "control" }));
    this.handler.reports = link.ref(mediaLinkNames.reports, MediaReports);
    link.onClose(() => void scope.close(0));
    return controller;
  }
}

export const withMedia: JoinRequest = {
  rtp_capabilities: rtpCapabilities,
  layout: { mode: "grid", slots: 9 },
};

function claimsOf(name: string): MeetingTokenClaims {
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
