import { type ActorContext, type ActorRef, type Body, fail, later } from "../../../../shared/actor/mod.ts";
import {
  MediaControl,
  type MediaReport,
  type MediaReports,
} from "../../../../shared/protocol/media/control.ts";
import type { MediaInventory } from "../../../../shared/protocol/media/inventory.ts";
import type { MediaStep, PairState, StepOutcome } from "../../../../shared/protocol/media/steps.ts";
import { spatialLayersOf } from "../../../../shared/protocol/spatial_layers.ts";
import { FakePipes } from "./fake_pipes.ts";
import { rtpCapabilities, rtpParameters, transportOf } from "./samples.ts";

interface FakeConsumer {
  readonly consumerId: string;
  paused: boolean;
  priority: number;
  spatialLayer: number | null;
}

/** A participant's transports on a handler, and what is on them. */
export interface FakeParticipant {
  readonly routerId: string;
  readonly epoch: number;
  readonly producers: Map<string, { source: Source; paused: boolean; layers: number }>;
  readonly consumers: Map<string, FakeConsumer>;
  /** Whether the client has connected its transports, and whether they still are. */
  state: PairState;
}

/** How the handler misbehaves now. */
export interface Faults {
  /** How long each answer takes. */
  slowMs: number;
  /** How many of the next answers are lost, although their steps are taken. */
  lostAnswers: number;
  /** Participants get no transports. */
  full: boolean;
  /** How many participants a router takes, and how many routers the meeting gets. */
  perRouter: number;
  routers: number;
}

type Fence = { readonly meeting_id: string; readonly generation: number };
type Source = MediaInventory["routers"][number]["participants"][number]["producers"][number]["source"];

/** A media handler without media: it takes steps as the real one does, and shows its objects. Its state outlives a link. */
export class FakeHandler {
  readonly faults: Faults = { slowMs: 0, lostAnswers: 0, full: false, perRouter: 99, routers: 1 };
  readonly participants = new Map<string, FakeParticipant>();
  readonly pipes: FakePipes;
  readonly batches: MediaStep[][] = [];
  /** How many packets each consumer was sent. */
  sentPackets = 0;
  /** The highest generation that it has seen. */
  generation = 0;
  /** The receiver of reports. */
  reports: ActorRef<typeof MediaReports> | null = null;
  #routers: string[] = [];
  #batch = 0;
  #lastId = 0;
  #isDraining = false;

  /** `index`: 0 for the first handler of the test. No two have routers, producers or ports in common. */
  constructor(readonly index = 0) {
    this.pipes = new FakePipes(45_000 + 1_000 * index);
  }

  get routers(): readonly string[] {
    return this.#routers;
  }

  /** Whether a receiver can't play a sender's codec; always the same for the same two. */
  static refuses(participantId: string, producerId: string): boolean {
    return (participantId.length * 7 + producerId.charCodeAt(producerId.length - 1)) % 11 === 0;
  }

  /** Forgets everything, as a process that died and was started again. */
  restart(): void {
    this.#isDraining = false;
    this.participants.clear();
    this.pipes.clear();
    this.#routers = [];
    this.#batch = 0;
  }

  /** Loses the meeting's `index`-th router, if it has so many. The report of it may be lost as well. */
  loseRouter(index = 0, isReported = true): void {
    const [lost] = this.#routers.splice(index, 1);
    if (lost === undefined) return;
    const theirs = [...this.participants].filter(([, { routerId }]) => routerId === lost);
    for (const [participantId, { producers }] of theirs) {
      this.participants.delete(participantId);
      for (const producerId of producers.keys()) this.pipes.dropSent(producerId);
    }
    this.pipes.dropRouter(lost);
    if (isReported) this.report({ report: "router.lost", router_id: lost, reason: "a test took it" });
  }

  /** Is about to end, and tells the controller. */
  drain(): void {
    this.#isDraining = true;
    for (const router_id of this.#routers) this.report({ report: "router.draining", router_id });
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** Has the ends of all its pipes been closed and opened again by a controller that then ended. */
  reopenPipes(): void {
    for (const { routerId, consumers } of this.participants.values()) {
      for (const producerId of [...consumers.keys()]) {
        if (this.pipes.isReceived(routerId, producerId)) consumers.delete(producerId);
      }
    }
    this.pipes.reopen();
  }

  /** A participant's transports are not connected any more. */
  losePath(participantId: string): void {
    const there = this.participants.get(participantId);
    if (there?.state === "connected") there.state = "lost";
  }

  report(report: MediaReport): void {
    this.reports?.tell("report", { meeting_id: "m", reports: [report] });
  }

  inventory(): MediaInventory {
    return {
      batch: this.#batch,
      ...(this.#isDraining ? { draining: true } : {}),
      routers: this.#routers.map((router_id) => ({
        router_id,
        pipes: this.pipes.inventoryOf(router_id),
        participants: [...this.participants].filter(([, one]) => one.routerId === router_id).map((
          [participant_id, { epoch, state, producers, consumers }],
        ) => ({
          participant_id,
          epoch,
          send_transport_id: `${participant_id}-${epoch}-send`,
          recv_transport_id: `${participant_id}-${epoch}-recv`,
          state,
          producers: [...producers].map(([producer_id, { source, paused, layers }]) => ({
            producer_id,
            source,
            paused,
            layers,
          })),
          consumers: [...consumers].map(([producer_id, { consumerId, paused, priority, spatialLayer }]) => ({
            consumer_id: consumerId,
            producer_id,
            paused,
            spatial_layer: spatialLayer,
            priority,
          })),
        })),
      })),
    };
  }

  open(): MediaInventory {
    if (this.#routers.length === 0) this.#routers.push(this.#id("router"));
    return this.inventory();
  }

  apply(batch: number | null, steps: readonly MediaStep[]): StepOutcome[] {
    if (batch !== null) {
      this.#batch = Math.max(this.#batch, batch);
      this.batches.push([...steps]);
    }
    return steps.map((step) => this.#take(step));
  }

  #take(step: MediaStep): StepOutcome {
    if (step.step === "router.open") return this.#openRouter();
    if (!this.#routers.includes(step.router_id)) return refused("not_found");
    if ("peer_router_id" in step) {
      const isAtHome = step.step === "pipe.send" && this.#isAtHome(step.router_id, step.producer_id);
      if (step.step === "pipe.end" || step.step === "pipe.close") this.#dropReceived(step);
      return this.pipes.take(step, isAtHome);
    }
    switch (step.step) {
      case "transports.open": {
        if (this.faults.full) return refused("full");
        const there = this.participants.get(step.participant_id);
        if (there === undefined && this.#onRouter(step.router_id).length >= this.faults.perRouter) {
          return refused("full");
        }
        if (there !== undefined && there.epoch > step.epoch) return refused("rejected");
        if (there === undefined || there.epoch < step.epoch) {
          for (const producerId of there?.producers.keys() ?? []) this.#drop(producerId);
          this.participants.set(step.participant_id, {
            routerId: step.router_id,
            epoch: step.epoch,
            producers: new Map(),
            consumers: new Map(),
            state: "new",
          });
        }
        const name = `${step.participant_id}-${step.epoch}`;
        return {
          ok: true,
          step: step.step,
          send: transportOf(`${name}-send`),
          recv: transportOf(`${name}-recv`),
          state: this.participants.get(step.participant_id)?.state ?? "new",
        };
      }
      case "transport.connect": {
        const there = this.participants.get(step.participant_id);
        if (!step.transport_id.startsWith(`${step.participant_id}-${there?.epoch}-`)) {
          return refused("not_found");
        }
        if (there !== undefined) there.state = "connected";
        return { ok: true, step: step.step };
      }
      case "transport.restart_ice":
        return refused("rejected");
      case "producer.open": {
        const there = this.participants.get(step.participant_id);
        if (there === undefined || step.transport_id !== `${step.participant_id}-${there.epoch}-send`) {
          return refused("not_found");
        }
        for (const [producerId, { source }] of there.producers) {
          if (source === step.source) this.#drop(producerId);
        }
        const producer_id = this.#id("producer");
        const layers = spatialLayersOf(step.rtp_parameters);
        there.producers.set(producer_id, { source: step.source, paused: step.paused, layers });
        if (step.announces_packets) {
          this.report({ report: "producer.flowing", router_id: step.router_id, producer_id });
        }
        return { ok: true, step: step.step, producer_id };
      }
      case "producer.pause": {
        const { router_id, producer_id, paused } = step;
        const producer = this.#producer(producer_id, router_id);
        const isPiped = this.pipes.setPaused(router_id, producer_id, paused);
        if (producer === undefined && !isPiped) return refused("not_found");
        if (producer !== undefined) producer.paused = paused;
        return { ok: true, step: step.step };
      }
      case "producer.close":
        if (this.#producer(step.producer_id, step.router_id) === undefined) return refused("not_found");
        this.#drop(step.producer_id);
        return { ok: true, step: step.step };
      case "consumer.open": {
        const there = this.participants.get(step.participant_id);
        const isHere = this.#isAtHome(step.router_id, step.producer_id) ||
          this.pipes.isReceived(step.router_id, step.producer_id);
        if (there === undefined || !isHere) return refused("not_found");
        if (FakeHandler.refuses(step.participant_id, step.producer_id)) return refused("rejected");
        const known = there.consumers.get(step.producer_id);
        const consumer = known ?? {
          consumerId: this.#id("consumer"),
          paused: step.paused ?? true,
          priority: step.priority ?? 1,
          spatialLayer: step.spatial_layer ?? null,
        };
        there.consumers.set(step.producer_id, consumer);
        return {
          ok: true,
          step: step.step,
          consumer_id: consumer.consumerId,
          kind: "audio",
          rtp_parameters: rtpParameters,
        };
      }
      case "consumer.set": {
        const consumer = this.participants.get(step.participant_id)?.consumers.get(step.producer_id);
        if (consumer === undefined) return refused("not_found");
        consumer.paused = step.paused ?? consumer.paused;
        consumer.priority = step.priority ?? consumer.priority;
        consumer.spatialLayer = step.spatial_layer ?? consumer.spatialLayer;
        return { ok: true, step: step.step };
      }
      case "consumer.close":
        if (!this.participants.get(step.participant_id)?.consumers.delete(step.producer_id)) {
          return refused("not_found");
        }
        return { ok: true, step: step.step };
      case "participant.close": {
        const there = this.participants.get(step.participant_id);
        if (there === undefined) return refused("not_found");
        this.participants.delete(step.participant_id);
        for (const producerId of there.producers.keys()) this.#drop(producerId);
        return { ok: true, step: step.step };
      }
    }
  }

  #producer(producerId: string, routerId: string) {
    for (const { producers } of this.#onRouter(routerId)) {
      const found = producers.get(producerId);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #isAtHome(routerId: string, producerId: string): boolean {
    return this.participants.values().some((one) =>
      one.routerId === routerId && one.producers.has(producerId)
    );
  }

  #openRouter(): StepOutcome {
    if (this.faults.full || this.#routers.length >= this.faults.routers) return refused("full");
    const router_id = this.#id("router");
    this.#routers.push(router_id);
    return { ok: true, step: "router.open", router_id, rtp_capabilities: rtpCapabilities };
  }

  #onRouter(routerId: string): FakeParticipant[] {
    return [...this.participants.values()].filter((one) => one.routerId === routerId);
  }

  /** A producer's consumers on its own router end with it; those on other routers when its pipe is ended there. */
  #drop(producerId: string): void {
    this.pipes.dropSent(producerId);
    const home = this.participants.values().find(({ producers }) => producers.has(producerId));
    home?.producers.delete(producerId);
    for (const { consumers } of this.#onRouter(home?.routerId ?? "")) consumers.delete(producerId);
  }

  #dropReceived(step: Extract<MediaStep, { step: "pipe.end" | "pipe.close" }>): void {
    const ended = step.step === "pipe.end"
      ? [step.producer_id]
      : this.pipes.receivedFrom(step.router_id, step.peer_router_id);
    for (const producerId of ended) {
      if (!this.pipes.receivedFrom(step.router_id, step.peer_router_id).includes(producerId)) continue;
      for (const { consumers } of this.#onRouter(step.router_id)) consumers.delete(producerId);
    }
  }

  #id(what: string): string {
    return `${this.index === 0 ? "" : `mh-${this.index + 1}-`}${what}-${++this.#lastId}`;
  }
}

function refused(code: "not_found" | "rejected" | "full"): StepOutcome {
  return { ok: false, code, message: `the fake handler says ${code}` };
}

/** The handler's side of one link. */
export class FakeControlActor {
  static readonly protocol = MediaControl;
  readonly #handler: FakeHandler;
  readonly #context: ActorContext<typeof MediaControl>;

  constructor(handler: FakeHandler, context: ActorContext<typeof MediaControl>) {
    this.#handler = handler;
    this.#context = context;
  }

  open(fence: Fence) {
    return this.#stale(fence) ?? this.#slowly(this.#handler.open());
  }

  close(_: Fence) {
    this.#handler.restart();
  }

  inventory(fence: Fence) {
    return this.#stale(fence) ?? this.#slowly(this.#handler.inventory());
  }

  sent({ consumer_ids }: Body<typeof MediaControl, "sent">) {
    const packets = this.#handler.sentPackets;
    return this.#slowly({ sent: consumer_ids.map((consumer_id) => ({ consumer_id, packets })) });
  }

  apply({ batch, steps, ...fence }: Body<typeof MediaControl, "apply">) {
    const stale = this.#stale(fence);
    if (stale !== undefined) return stale;
    if (steps.length === 0) return fail("not_found", "A batch without steps is a waste");
    return this.#slowly({ outcomes: this.#handler.apply(batch, steps) });
  }

  #stale({ generation }: Fence) {
    if (generation < this.#handler.generation) return fail("stale_generation", "A newer controller has it.");
    this.#handler.generation = generation;
  }

  #slowly<T>(answer: T) {
    const { faults } = this.#handler;
    const { promise, resolve } = Promise.withResolvers<T>();
    if (faults.lostAnswers > 0) faults.lostAnswers--;
    else if (faults.slowMs === 0) resolve(answer);
    else this.#context.after(faults.slowMs, () => resolve(answer));
    return later(promise);
  }
}
