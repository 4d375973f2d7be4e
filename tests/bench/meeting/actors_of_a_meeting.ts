import process from "node:process";
import { setImmediate } from "node:timers";
import {
  type ActorContext,
  type ActorRef,
  createRuntime,
  createScope,
  type Scope,
  valueOf,
} from "../../../shared/actor/mod.ts";
import { createProbe } from "../../../shared/actor/testing/mod.ts";
import { virtualClock } from "../../../shared/actor/testing/virtual_clock.ts";
import type { MediaControl, MediaReport } from "../../../shared/protocol/media/control.ts";
import type { Layout, MediaSource } from "../../../shared/protocol/mod.ts";
import { Leases, Revocations, Snapshots } from "../../../shared/store/live/mod.ts";
import { shardMetrics } from "../../../meeting/metrics.ts";
import { Upstream } from "../../../meeting/platform/upstream.ts";
import { HandlerLink, HandlerLinks } from "../../../meeting/routing/handler_links_protocol.ts";
import type { MediaRouting } from "../../../meeting/routing/media_routing_protocol.ts";
import { MeetingAudit } from "../../../meeting/state/meeting_audit.ts";
import { MeetingClient } from "../../../meeting/state/meeting_client.ts";
import { MeetingStateActor } from "../../../meeting/state/meeting_state.ts";
import type { MeetingState } from "../../../meeting/state/meeting_state_protocol.ts";
import { FakeControlActor, FakeHandler } from "../../meeting/routing/support/fake_handler.ts";
import { leaseOf } from "../../meeting/routing/support/lease.ts";
import { cameraParameters, rtpCapabilities, rtpParameters } from "../../meeting/routing/support/samples.ts";
import { claimsOf } from "../../meeting/state/meeting_world.ts";
import { timedDispatcher } from "./timed_dispatcher.ts";

/** How long the actors took for one change. */
export interface Taken {
  /** The three actors' own time. */
  readonly ownMs: number;
  /** The longest time without a pause that one of them took. */
  readonly longestMs: number;
  /** All processor time of the process: a busy machine doesn't lengthen it, and it has the clients' and the handler's part. */
  readonly processorMs: number;
}

/** A client that only counts its frames. */
class CountingClientActor {
  static readonly protocol = MeetingClient;
  readonly #count: (frames: number) => void;

  constructor(init: { count(frames: number): void }, _context: ActorContext<typeof MeetingClient>) {
    this.#count = init.count;
  }

  notify(frames: string[]): void {
    this.#count(frames.length);
  }

  bound(): void {}
  admitted(): void {}
  hold(): void {}
  release(): void {}
  migrate(): void {}
  end(): void {}
}

/** The shard's links, whose only handler is in this isolate. */
class LocalLinksActor {
  static readonly protocol = HandlerLinks;
  readonly #link: ActorRef<typeof HandlerLink>;

  constructor(init: { link(): ActorRef<typeof HandlerLink> }, _context: ActorContext<typeof HandlerLinks>) {
    this.#link = init.link();
  }

  link(): ActorRef<typeof HandlerLink> {
    return this.#link;
  }

  forget(): void {}
}

class LocalLinkActor {
  static readonly protocol = HandlerLink;
  readonly #control: ActorRef<typeof MediaControl>;

  constructor(
    init: { control(): ActorRef<typeof MediaControl> },
    _context: ActorContext<typeof HandlerLink>,
  ) {
    this.#control = init.control();
  }

  control(): ActorRef<typeof MediaControl> {
    return this.#control;
  }

  forget(): void {}
  reported(): void {}
}

/** The virtual time between two changes. */
const pauseMs = 1_000;

const others = new Set(
  [CountingClientActor, LocalLinksActor, LocalLinkActor, FakeControlActor, { name: "ProbeActor" }]
    .map(({ name }) => name),
);

/**
 * A meeting's three actors as they are, with clients that only count their frames and a handler without media in the same
 * isolate, so that the actors' own time can be told from that of sockets and links.
 */
export class ActorsOfAMeeting implements AsyncDisposable {
  /** How many frames the clients were sent. */
  frames = 0;
  readonly #dispatcher = timedDispatcher(others);
  readonly #clock = virtualClock();
  readonly #scope: Scope;
  readonly #meeting: ActorRef<typeof MeetingState>;
  readonly #transports = new Map<string, string>();
  readonly #ids = new Map<string, string>();
  readonly #producers = new Map<string, string>();
  #routing: ActorRef<typeof MediaRouting> | null = null;

  constructor() {
    const runtime = createRuntime({ dispatcher: this.#dispatcher, clock: this.#clock });
    const scope = this.#scope = createScope({ runtime, deadlineMs: 60_000 });
    const leases = createProbe(scope, Leases);
    const lease = leaseOf(["mh-1"]);
    const meeting = { ...lease.facts.meeting, max_participants: 1_000 };
    leases.answer("acquire", () => ({ ...lease, facts: { ...lease.facts, meeting } }));
    leases.answer("release", () => undefined);
    const snapshots = createProbe(scope, Snapshots);
    snapshots.answer("loadSnapshot", () => ({ snapshot: null, chat: [] }));
    snapshots.answer("saveSnapshot", () => undefined);
    const handler = new FakeHandler();
    handler.faults.perRouter = 1_000;
    const control = scope.spawn(FakeControlActor, handler);
    const link = scope.spawn(LocalLinkActor, { control: () => control });
    this.#meeting = scope.spawn(MeetingStateActor, {
      meetingId: "m",
      place: { controller_id: "mc", instance_id: "i", shard: "0" },
      live: {
        leases: leases.ref,
        snapshots: snapshots.ref,
        revocations: createProbe(scope, Revocations).ref,
      },
      upstream: createProbe(scope, Upstream).ref,
      audit: createProbe(scope, MeetingAudit).ref,
      links: scope.spawn(LocalLinksActor, { link: () => link }),
      limits: {
        audible: 16,
        hushMs: 12_000,
        awayMs: 30_000,
        idleMs: 60_000,
        snapshotPauseMs: 0,
        seats: { perSubject: 3, waiting: 100 },
      },
      metrics: shardMetrics(),
      now: Date.now,
    }, { capacity: 4_096 });
  }

  async join(name: string, layout: Layout): Promise<void> {
    const opened = Promise.withResolvers<ActorRef<typeof MeetingClient>>();
    const count = (frames: number) => void (this.frames += frames);
    this.#meeting.tell("connect", {
      open: (spawn, routing) => {
        this.#routing = routing;
        const client = spawn(CountingClientActor, { count }, { name, capacity: 1_024 });
        opened.resolve(client);
        return client;
      },
      refuse: (_code, reason) => opened.reject(new Error(reason)),
    });
    const joined = valueOf(
      await this.#meeting.ask("join", {
        claims: claimsOf(name),
        request: { display_name: name, rtp_capabilities: rtpCapabilities, layout },
        client: await opened.promise,
        address: "127.0.0.1",
      }),
    );
    this.#ids.set(name, joined.participant_id);
    this.#transports.set(name, joined.transports?.send.id ?? "");
    await this.#quiet();
  }

  async produce(name: string, source: MediaSource): Promise<void> {
    const isSound = source === "microphone";
    const { producer_id } = valueOf(
      await this.#media.ask("produce", {
        participantId: this.#idOf(name),
        sub: name,
        transportId: this.#transports.get(name) ?? "",
        kind: isSound ? "audio" : "video",
        source,
        rtpParameters: isSound ? rtpParameters : cameraParameters,
        paused: false,
      }),
    );
    this.#producers.set(`${name} ${source}`, producer_id);
    await this.#quiet();
  }

  /** How long the actors take for a participant who switches a source off, or on again. */
  setPaused(name: string, source: MediaSource, paused: boolean): Promise<Taken> {
    const producerId = this.#producers.get(`${name} ${source}`) ?? "";
    return this.#timed(async () => {
      const order = { participantId: this.#idOf(name), sub: name, producerId, paused };
      valueOf(await this.#media.ask("setPaused", order));
    });
  }

  /** How long the actors take for a participant's new layout. */
  setLayout(name: string, layout: Layout): Promise<Taken> {
    return this.#timed(async () => {
      valueOf(await this.#media.ask("setLayout", { participantId: this.#idOf(name), layout }));
    });
  }

  /** How long the actors take for a new active speaker. */
  speak(name: string): Promise<Taken> {
    const report: MediaReport = {
      report: "speaker",
      router_id: "router-1",
      participant_id: this.#idOf(name),
    };
    return this.#timed(() => void this.#media.tell("reported", { reports: [report] }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#scope.close(1_000);
  }

  async #timed(act: () => void | Promise<void>): Promise<Taken> {
    const untilMs = this.#clock.now() + pauseMs;
    while (this.#clock.step(untilMs)) await this.#quiet();
    this.#dispatcher.restart();
    const before = process.cpuUsage();
    await act();
    await this.#quiet();
    const { user, system } = process.cpuUsage(before);
    const { ownMs, longestMs } = this.#dispatcher;
    return { ownMs, longestMs, processorMs: (user + system) / 1_000 };
  }

  /** A macrotask runs only when no microtask is left, so after one without a ready actor all is done. */
  async #quiet(): Promise<void> {
    do await new Promise<void>((resolve) => setImmediate(resolve)); while (!this.#dispatcher.isIdle);
  }

  get #media(): ActorRef<typeof MediaRouting> {
    if (this.#routing === null) throw new Error("Nobody has joined yet");
    return this.#routing;
  }

  #idOf(name: string): string {
    return this.#ids.get(name) ?? "";
  }
}
