import { type ActorRef, fail, type Scope } from "../../../../shared/actor/mod.ts";
import {
  createProbe,
  createTestKit,
  type Probe,
  type TestKit,
} from "../../../../shared/actor/testing/mod.ts";
import { type Layout, mediaKindOf, type MediaSource } from "../../../../shared/protocol/mod.ts";
import { LayoutManagerActor } from "../../../../meeting/layout/layout_manager.ts";
import { shardMetrics } from "../../../../meeting/metrics.ts";
import { Upstream } from "../../../../meeting/platform/upstream.ts";
import { MediaRoutingActor } from "../../../../meeting/routing/media_routing.ts";
import type { MediaRouting } from "../../../../meeting/routing/media_routing_protocol.ts";
import { MediaMeeting } from "../../../../meeting/routing/neighbours.ts";
import { HandlerLinksActor } from "../../../../meeting/shard/handler_links.ts";
import { ClientActor } from "./client_actor.ts";
import { ClientState } from "./client_state.ts";
import { FakeHandler } from "./fake_handler.ts";
import { HandlerWire, type Reachable } from "./handler_wire.ts";
import { leaseOf } from "./lease.ts";
import type { Person } from "./person.ts";
import { cameraParameters, rtpCapabilities, rtpParameters, transportOf } from "./samples.ts";

/** How long a handler keeps a meeting without a link. */
const orphanMs = 60_000;

/** One meeting's routing over a real link to a fake handler, in virtual time. */
export class RoutingWorld {
  readonly handlers: readonly FakeHandler[];
  readonly people = new Map<string, Person>();
  /** Whose participants these are, where their id isn't their `sub` as well. */
  readonly subs = new Map<string, string>();
  readonly wrong: string[] = [];
  /** What was found wrong on a handler, and mended, by cause. */
  readonly repairs: string[] = [];
  /** Whether GC has another handler for the meeting. */
  hasOthers = true;
  /** Whether GC knows the first handler at the second one's address: it has started anew there. */
  hasMoved = false;
  /** When GC was asked for another handler. */
  readonly searchesMs: number[] = [];
  readonly meeting: Probe<typeof MediaMeeting>;
  readonly kit: TestKit;
  readonly #scope: Scope;
  readonly #upstream: ActorRef<typeof Upstream>;
  #controller: Scope;
  #routing: ActorRef<typeof MediaRouting>;
  /** One for each handler, in their order. */
  readonly #wires: readonly HandlerWire[];
  /** How many of the handlers the lease names. GC gives one more at a time. */
  #leased: number;

  constructor(seed: number, readonly audibleLimit = 16, handlers = 1, leased = handlers) {
    this.#leased = Math.min(leased, handlers);
    this.handlers = Array.from({ length: handlers }, (_, index) => new FakeHandler(index));
    this.kit = createTestKit(seed);
    this.#wires = this.handlers.map((handler) => new HandlerWire(handler, this.kit.runtime));
    const scope = this.kit.createScope({ deadlineMs: 10_000 });
    this.#scope = scope;
    const upstream = createProbe(scope, Upstream, "upstream");
    upstream.answer("linkToken", () => ({ token: "t", expires_in_seconds: 3_600 }));
    upstream.answer("addHandler", () => {
      this.searchesMs.push(this.kit.runtime.clock.now());
      if (this.hasMoved) return { handlers: this.#movedHandlers() };
      if (!this.hasOthers || this.#leased === this.handlers.length) {
        return fail("unavailable", "There is no other");
      }
      this.#leased++;
      return { handlers: this.#lease().handlers };
    });
    this.meeting = createProbe(scope, MediaMeeting, "meeting");
    this.#upstream = upstream.ref;
    this.#controller = this.kit.createScope({ deadlineMs: 10_000 });
    this.#routing = this.#startRouting();
  }

  /** The preferred handler of the lease. */
  get handler(): FakeHandler {
    const [first] = this.handlers;
    if (first === undefined) throw new Error("a world without handlers");
    return first;
  }

  /** The epochs of a participant's transports, on whichever handlers. */
  #epochsOf(id: string): number[] {
    return this.handlers.flatMap(({ participants }) => participants.get(id)?.epoch ?? []);
  }

  #startRouting(): ActorRef<typeof MediaRouting> {
    const scope = this.#controller;
    const links = scope.spawn(HandlerLinksActor, {
      upstream: this.#upstream,
      runtime: this.kit.runtime,
      openSocket: async (url, options) =>
        await this.#wires[Number(url.match(/\d+/)?.[0]) - 1]?.open(options) ?? "refused",
    }, { name: "links" });
    const layout = scope.spawn(LayoutManagerActor, undefined, { name: "layout" });
    return scope.spawn(MediaRoutingActor, {
      lease: this.#lease(),
      expected: [...this.people.keys()],
      departed: [],
      audibleLimit: this.audibleLimit,
      layout,
      meeting: this.meeting.ref,
      links,
      upstream: this.#upstream,
      metrics: { ...shardMetrics(), mediaRepairs: { add: ({ cause }) => void this.repairs.push(cause) } },
    }, { name: "routing", capacity: 2_048 });
  }

  #lease() {
    return leaseOf(this.handlers.slice(0, this.#leased).map(({ index }) => `mh-${index + 1}`));
  }

  #movedHandlers() {
    const [first, second] = leaseOf(["mh-1", "mh-2"]).handlers;
    return first === undefined || second === undefined ? [] : [{ ...first, link_url: second.link_url }];
  }

  /** Another controller takes the meeting over: nobody has come back to it yet. */
  async failOver(): Promise<void> {
    await this.kit.finish(this.#controller.close(1_000));
    this.#controller = this.kit.createScope({ deadlineMs: 10_000 });
    for (const person of this.people.values()) {
      person.isHeld = true;
      for (const { participants } of this.handlers) {
        const sent = participants.get(person.id)?.producers.values() ?? [];
        for (const { source } of sent) if (!person.sending.has(source)) person.leftOver.add(source);
      }
    }
    this.#routing = this.#startRouting();
    for (const participantId of this.people.keys()) {
      this.#tellRights(participantId);
      this.#routing.tell("present", { participantId });
    }
    await this.kit.settle();
  }

  /** The controller has handed the meeting over in vain, and goes on at a higher generation. */
  async takeBack(generation: number): Promise<void> {
    this.#routing.tell("renew", { generation });
    await this.kit.settle();
  }

  /** The meeting is over. */
  async end(): Promise<void> {
    const ended = await this.kit.finish(this.#routing.ask("end", undefined));
    if (!ended.ok) this.wrong.push(`the end is answered with ${ended.error.code}`);
  }

  /** A participant joins, or comes back over a newer connection. */
  async join(
    id: string,
    layout: Layout = { mode: "grid", slots: 4 },
    keep = false,
    region: string | null = null,
  ): Promise<boolean> {
    const client = new ClientState((other) => this.people.has(other));
    const before = this.people.get(id);
    const person = before ??
      {
        id,
        client,
        isHeld: false,
        sending: new Map(),
        leftOver: new Set(),
        muted: new Set(),
        region,
        layout,
      };
    const older = before?.client;
    person.client = client;
    this.people.set(id, person);
    const ref = this.#scope.spawn(ClientActor, { state: () => client }, { name: `client ${id}` });
    const sources = [...person.sending].map(([source, { paused }]) => ({ source, paused }));
    const attached = await this.kit.finish(
      this.#routing.ask("attach", {
        participantId: id,
        rtpCapabilities,
        region: person.region,
        layout: person.layout,
        client: ref,
        keep,
        sources,
      }),
    );
    const given = attached.ok && attached.value.pending === undefined ? attached.value : null;
    if (given === null && (!keep || older === undefined)) {
      await this.leave(id);
      return false;
    }
    // A resume succeeds without media.
    if (given !== null) client.attached(given, older);
    else if (older !== undefined) client.pending(older);
    person.isHeld = false;
    if (given?.transports !== undefined) client.isMoved = before !== undefined;
    // Whoever joins on a handler that is about to end is moved to another one at once, and told of that soon.
    const isMoving = this.handlers.some(({ isDraining }) => isDraining);
    const epochs = this.#epochsOf(id);
    const usual = isMoving ? epochs.flatMap((epoch) => [epoch, epoch - 1]) : epochs;
    if (
      given !== null && epochs.length > 0 &&
      !usual.some((epoch) => client.transportId === `${id}-${epoch}-send`)
    ) {
      this.wrong.push(`${id} goes on with ${client.transportId}, the handlers with epoch ${epochs}`);
    }
    this.#routing.tell("present", { participantId: id });
    await this.kit.settle();
    return true;
  }

  /** Somebody without media is in the meeting. */
  enter(participantId: string): void {
    this.#routing.tell("present", { participantId });
  }

  /** A participant comes back over a newer connection, and keeps their media if the handler still has it. */
  async resume(id: string): Promise<void> {
    const person = this.people.get(id);
    if (person !== undefined) await this.join(id, person.layout, true);
  }

  async connect(id: string): Promise<void> {
    const client = this.people.get(id)?.client;
    if (client === undefined || client.isConnectTold) return;
    // A client begins before it knows whether the handler was told.
    client.isConnected = true;
    const { transportId } = client;
    const { dtlsParameters } = transportOf(transportId);
    const connected = await this.kit.finish(
      this.#routing.ask("connect", { participantId: id, transportId, dtlsParameters }),
    );
    if (connected.ok && client.transportId === transportId) client.isConnectTold = true;
  }

  /** A client tells that so many packets have come of each of its consumers. Answers what it is told. */
  async report(id: string, packets: number) {
    const consumers = [...this.people.get(id)?.client.consumers.keys() ?? []];
    const received = consumers.map((consumer_id) => ({ consumer_id, packets }));
    const answer = await this.kit.finish(this.#routing.ask("noteReceived", { participantId: id, received }));
    return answer.ok ? answer.value : answer.error.code;
  }

  async leave(id: string): Promise<void> {
    // The meeting knows of a leave before the media is detached, and tells the others afterwards.
    await this.kit.finish(this.#routing.ask("detach", { participantId: id }));
    this.people.delete(id);
    for (const { client, id: other, isHeld } of this.people.values()) {
      if (isHeld) continue;
      // A client whose own transports are gone is about to be told of fresh ones, and of all consumers on them.
      if (this.#wires.some(({ isWhole }) => !isWhole)) continue;
      if (!this.#epochsOf(other).some((epoch) => client.transportId === `${other}-${epoch}-send`)) continue;
      for (const { participant_id } of client.consumers.values()) {
        if (participant_id === id) this.wrong.push(`${other} still has media of ${id}, who left`);
      }
    }
  }

  produce(id: string, source: MediaSource): Promise<void> {
    return this.produceWithin(id, source, 5_000);
  }

  /** The same by a client that waits for `timeoutMs`. */
  async produceWithin(id: string, source: MediaSource, timeoutMs: number): Promise<void> {
    const person = this.people.get(id);
    if (person === undefined) return;
    const paused = person.muted.has(source) || (person.sending.get(source)?.paused ?? false);
    person.sending.set(source, { paused, producerId: null });
    const kind = mediaKindOf(source);
    const produced = await this.kit.finish(
      this.#routing.ask("produce", {
        participantId: id,
        sub: this.subs.get(id) ?? id,
        transportId: person.client.transportId,
        kind,
        source,
        rtpParameters: source === "camera" ? cameraParameters : rtpParameters,
        paused,
      }, { timeoutMs }),
    );
    // A source that can't be produced now is produced again later, as a client does after `media.moved`.
    if (produced.ok) person.sending.set(source, { paused, producerId: produced.value.producer_id });
    else person.client.isMoved = true;
  }

  /** Answers how the request ended, if there was one. */
  async setPaused(id: string, source: MediaSource, paused: boolean): Promise<string | undefined> {
    const sending = this.people.get(id)?.sending.get(source);
    if (sending === undefined || this.people.get(id)?.muted.has(source)) return undefined;
    sending.paused = paused;
    const { producerId } = sending;
    if (producerId === null) return undefined;
    const set = await this.kit.finish(
      this.#routing.ask("setPaused", { participantId: id, sub: this.subs.get(id) ?? id, producerId, paused }),
    );
    return set.ok ? "ok" : set.error.code;
  }

  /** A participant's connection is lost for long, or is there again. */
  setAway(participantId: string, away: boolean): void {
    this.#routing.tell("setAway", { participantId, away });
  }

  /** A host mutes a participant's source, or takes the mute back. Only the participant switches it on again. */
  mute(id: string, source: MediaSource, isMuted: boolean): void {
    const person = this.people.get(id);
    if (person === undefined) return;
    if (isMuted) person.muted.add(source);
    else person.muted.delete(source);
    const sending = person.sending.get(source);
    if (sending !== undefined && isMuted) sending.paused = true;
    this.#tellRights(id);
  }

  #tellRights(participantId: string): void {
    const muted = [...this.people.get(participantId)?.muted ?? []];
    this.#routing.tell("rights", { participantId, muted, forbidden: [], silenced: [], startMuted: [] });
  }

  async unpublish(id: string, source: MediaSource): Promise<void> {
    const person = this.people.get(id);
    const producerId = person?.sending.get(source)?.producerId ?? null;
    person?.sending.delete(source);
    if (producerId === null) return;
    await this.kit.finish(this.#routing.ask("closeProducer", { participantId: id, producerId }));
  }

  async setLayout(id: string, layout: Layout): Promise<void> {
    const person = this.people.get(id);
    if (person === undefined) return;
    person.layout = layout;
    const set = await this.kit.finish(this.#routing.ask("setLayout", { participantId: id, layout }));
    if (set.ok) person.client.assignments = set.value;
  }

  /** The connection to a handler breaks; the handler's state stays, unless the next one is refused: its process is gone. */
  cut(reachable: Reachable = "yes", handler = this.handler): void {
    if (reachable === "refused") handler.restart();
    this.#wires[handler.index]?.cut(reachable);
  }

  /** A handler's process ends, and another one comes at its address at once, or later. */
  die(handler: FakeHandler, reachable: Reachable = "yes"): void {
    handler.restart();
    this.cut(reachable, handler);
  }

  heal(): void {
    // Whoever drains ends, and another process comes in its place.
    for (const handler of this.handlers) if (handler.isDraining) this.die(handler);
    for (const wire of this.#wires) wire.heal();
    for (const { faults } of this.handlers) {
      // There is room for everybody of the test, over all routers together.
      const perRouter = Math.max(faults.perRouter, Math.ceil(8 / faults.routers));
      Object.assign(faults, { slowMs: 0, lostAnswers: 0, full: false, perRouter });
    }
  }

  /** Has clients do what they do by themselves: set new consumers up, and produce again over new transports. */
  async react(): Promise<void> {
    for (const { id, client, sending, isHeld } of this.people.values()) {
      if (isHeld) continue;
      await this.connect(id);
      const consumerIds = client.fresh.splice(0);
      if (consumerIds.length > 0) {
        await this.kit.finish(this.#routing.ask("ready", { participantId: id, consumerIds }));
      }
      if (!client.isMoved) continue;
      client.isMoved = false;
      for (const source of sending.keys()) await this.produce(id, source);
    }
  }

  /** Lets time pass until no difference is left. */
  async quiet(): Promise<void> {
    for (const { id, isHeld } of [...this.people.values()]) if (isHeld) await this.resume(id);
    for (let round = 0; round < 12; round++) {
      await this.kit.advance(6_000);
      for (const handler of this.handlers) this.#endOrphaned(handler);
      await this.react();
    }
  }

  /** A handler closes a meeting that has had no link for a while. */
  #endOrphaned(handler: FakeHandler): void {
    if ((this.#wires[handler.index]?.unlinkedMs ?? 0) >= orphanMs) handler.restart();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kit.finish(this.#controller.close(1_000));
    await this.kit.finish(this.#scope.close(1_000));
  }
}
