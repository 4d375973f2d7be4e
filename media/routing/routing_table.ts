import {
  type ActorContext,
  type ActorRef,
  type Body,
  fail,
  Failure,
  type Later,
  later,
  type MessageContext,
  type Value,
} from "../../shared/actor/mod.ts";
import type { AskName } from "../../shared/actor/protocol.ts";
import { logger } from "../../shared/log/mod.ts";
import type { MediaEvents, RoutingTable } from "../../shared/protocol/media_link.ts";
import { changedLoad, type Load, noLoad } from "../telemetry/load.ts";
import { answered } from "./answered.ts";
import type { Inventory } from "./inventory.ts";
import { MeetingRouter, MeetingRouterActor, type MeetingRouterLimits } from "./meeting_router.ts";
import { type RoutingRefusal, RoutingTableMessages } from "./routing_messages.ts";
import type { SfuWorker } from "../workers/sfu_worker.ts";
import type { Telemetry } from "../telemetry/telemetry_aggregator.ts";

export interface RoutingTableInit extends MeetingRouterLimits {
  readonly telemetry: ActorRef<typeof Telemetry>;
  /** Most transports of the whole handler. */
  readonly maxTransports: number;
  /** How long a meeting is kept that no link speaks for. */
  readonly orphanMs: number;
}

/** One meeting as the table knows it; what is in its router is the router's business. */
interface Meeting {
  generation: number;
  /** The link that hears of its events. */
  link: string | undefined;
  cancelOrphan: () => void;
  placed: { readonly router: ActorRef<typeof MeetingRouter>; readonly worker: number } | undefined;
  load: Load;
}

interface Fence {
  readonly meeting_id: string;
  readonly generation: number;
}

type In<N extends keyof typeof RoutingTable> = Body<typeof RoutingTable, N>;
type Out<N extends AskName<typeof RoutingTable>> =
  | Later<Value<typeof RoutingTable, N> | Failure<RoutingRefusal>>
  | Failure<RoutingRefusal>;

/** How many closed meetings' generations are remembered, so that a controller that lost one can't open it again. */
const maxFences = 10_000;

/**
 * Owns the table of meetings: which generation speaks for each, over which link, and on which SFU worker its router
 * is. Everything inside a meeting is handed on to the meeting's own router, so that none waits for another.
 */
export class RoutingTableActor {
  static readonly protocol = RoutingTableMessages;
  readonly #init: RoutingTableInit;
  readonly #context: ActorContext<typeof RoutingTableMessages>;
  readonly #meetings = new Map<string, Meeting>();
  readonly #fences = new Map<string, number>();
  readonly #workers = new Map<number, ActorRef<typeof SfuWorker>>();
  readonly #links = new Map<string, ActorRef<typeof MediaEvents>>();
  readonly #log = logger("routing_table");
  #load: Load = noLoad;

  constructor(init: RoutingTableInit, context: ActorContext<typeof RoutingTableMessages>) {
    this.#init = init;
    this.#context = context;
  }

  open(body: In<"open">, message: MessageContext): Out<"open"> {
    const seen = this.#meetings.get(body.meeting_id)?.generation ?? this.#fences.get(body.meeting_id);
    if (seen !== undefined && body.generation < seen) return stale();
    if (!this.#meetings.has(body.meeting_id)) this.#add(body);
    return this.#forward("open", body, message);
  }

  close(body: In<"close">, message: MessageContext): Out<"close"> {
    const meeting = this.#find(body);
    if (meeting instanceof Failure) return meeting;
    this.#forget(body.meeting_id, meeting);
    if (meeting.placed === undefined) return later(Promise.resolve());
    return later(message.ask(meeting.placed.router, "close", body).then(answered));
  }

  attach(body: In<"attach">, message: MessageContext): Out<"attach"> {
    if (this.#load.transports + 2 > this.#init.maxTransports) {
      return fail("unavailable", `This handler has its ${this.#init.maxTransports} transports`);
    }
    return this.#forward("attach", body, message);
  }

  detach(body: In<"detach">, message: MessageContext): Out<"detach"> {
    return this.#forward("detach", body, message);
  }

  connect(body: In<"connect">, message: MessageContext): Out<"connect"> {
    return this.#forward("connect", body, message);
  }

  restartIce(body: In<"restartIce">, message: MessageContext): Out<"restartIce"> {
    return this.#forward("restartIce", body, message);
  }

  produce(body: In<"produce">, message: MessageContext): Out<"produce"> {
    return this.#forward("produce", body, message);
  }

  setProducerPaused(body: In<"setProducerPaused">, message: MessageContext): Out<"setProducerPaused"> {
    return this.#forward("setProducerPaused", body, message);
  }

  closeProducer(body: In<"closeProducer">, message: MessageContext): Out<"closeProducer"> {
    return this.#forward("closeProducer", body, message);
  }

  consume(body: In<"consume">, message: MessageContext): Out<"consume"> {
    return this.#forward("consume", body, message);
  }

  setConsumersPaused(body: In<"setConsumersPaused">, message: MessageContext): Out<"setConsumersPaused"> {
    return this.#forward("setConsumersPaused", body, message);
  }

  closeConsumers(body: In<"closeConsumers">, message: MessageContext): Out<"closeConsumers"> {
    return this.#forward("closeConsumers", body, message);
  }

  linkUp({ link, events }: Body<typeof RoutingTableMessages, "linkUp">): void {
    this.#links.set(link, events);
  }

  linkDown({ link }: { link: string }): void {
    this.#links.delete(link);
    for (const [id, meeting] of this.#meetings) if (meeting.link === link) this.#orphan(id, meeting);
  }

  claim({ meeting_id, generation, link }: Fence & { link: string }): void {
    const meeting = this.#meetings.get(meeting_id);
    if (meeting === undefined || generation < meeting.generation || !this.#links.has(link)) return;
    meeting.cancelOrphan();
    meeting.link = link;
  }

  workerRunning({ index, worker }: Body<typeof RoutingTableMessages, "workerRunning">): void {
    this.#workers.set(index, worker);
    this.#tellWorkers();
  }

  workerLost({ index, reason }: { index: number; reason: string }): void {
    this.#workers.delete(index);
    this.#tellWorkers();
    this.#init.telemetry.tell("workerDied", { index });
    const lost = [...this.#meetings].filter(([, meeting]) => meeting.placed?.worker === index);
    this.#log.warn("SFU worker lost", { index, reason, meetings: lost.length });
    this.#lose(lost, reason);
  }

  counted({ meeting_id, router, load }: Body<typeof RoutingTableMessages, "counted">): void {
    const meeting = this.#meetings.get(meeting_id);
    if (meeting?.placed?.router.id !== router) return;
    this.#setLoad(meeting, load);
  }

  routerEnded({ meeting_id, router, reason }: Body<typeof RoutingTableMessages, "routerEnded">): void {
    const meeting = this.#meetings.get(meeting_id);
    if (meeting?.placed?.router.id !== router) return;
    this.#log.error("a meeting's router failed", { meeting_id, reason });
    this.#lose([[meeting_id, meeting]], "The meeting's router failed");
  }

  report({ meeting_id, router, event }: Body<typeof RoutingTableMessages, "report">): void {
    const meeting = this.#meetings.get(meeting_id);
    if (meeting?.placed?.router.id !== router || meeting.link === undefined) return;
    const events = this.#links.get(meeting.link);
    if (event.type === "activeSpeaker") {
      events?.tell("activeSpeaker", { meeting_id, participant_id: event.participant_id });
    } else {
      const { participant_id, transport_id } = event;
      void events?.offer("transportLost", { meeting_id, participant_id, transport_id });
    }
  }

  status(): { workers: number; meetings: number; load: Load } {
    return { workers: this.#workers.size, meetings: this.#meetings.size, load: this.#load };
  }

  inventories(): Later<readonly Inventory[]> {
    const routers = [...this.#meetings.values()].flatMap(({ placed }) => placed?.router ?? []);
    const asked = routers.map((router) => this.#context.ask(router, "inventory", undefined));
    return later(Promise.all(asked).then((outcomes) => outcomes.flatMap((one) => one.ok ? [one.value] : [])));
  }

  /** Hands a message on to the meeting's router, once the fence lets it pass. */
  #forward<N extends AskName<typeof RoutingTable>>(
    name: N,
    body: In<N> & Fence,
    message: MessageContext,
  ): Out<N> {
    const meeting = this.#find(body);
    if (meeting instanceof Failure) return meeting;
    if (meeting.placed === undefined && (name === "open" || name === "attach")) {
      const placed = this.#place(body.meeting_id);
      if (placed instanceof Failure) return placed;
      meeting.placed = placed;
    }
    if (meeting.placed === undefined) return fail("not_found", "The meeting has to be attached anew");
    const router: ActorRef<typeof RoutingTable> = meeting.placed.router;
    return later(message.ask(router, name, body).then(answered));
  }

  #find({ meeting_id, generation }: Fence): Meeting | Failure<RoutingRefusal> {
    const meeting = this.#meetings.get(meeting_id);
    if (meeting === undefined) return fail("not_found", "There is no such meeting here");
    if (generation < meeting.generation) return stale();
    meeting.generation = generation;
    return meeting;
  }

  #add({ meeting_id, generation }: Fence): void {
    const meeting: Meeting = {
      generation,
      link: undefined,
      cancelOrphan: () => {},
      placed: undefined,
      load: noLoad,
    };
    this.#meetings.set(meeting_id, meeting);
    this.#orphan(meeting_id, meeting);
  }

  /** Gives a meeting a router on the worker that carries least; of equals the first, whichever started sooner. */
  #place(meetingId: string): Meeting["placed"] | Failure<"unavailable"> {
    const [least] = [...this.#workers]
      .map(([index, worker]) => ({ index, worker, weight: this.#weight(index) }))
      .sort((one, other) => one.weight - other.weight || one.index - other.index);
    if (least === undefined) return fail("unavailable", "No SFU worker is running");
    const router = this.#context.spawn(MeetingRouterActor, {
      ...this.#init,
      meetingId,
      worker: least.worker,
      table: this.#context.self,
    }, { name: `meeting-${meetingId}`, capacity: 1_000, policy: { directive: "stop" }, graceMs: 5_000 });
    // Not `context.watch`: that would be remembered for as long as the table lives.
    router.watch((reason) =>
      this.#context.self.tell("routerEnded", { meeting_id: meetingId, router: router.id, reason })
    );
    return { router, worker: least.index };
  }

  /** An empty meeting weighs as much as two transports, so that many opened at once are spread. */
  #weight(worker: number): number {
    let weight = 0;
    for (const { placed, load } of this.#meetings.values()) {
      if (placed?.worker === worker) weight += 2 + load.transports;
    }
    return weight;
  }

  /** Tells the owners that these meetings' media is gone; the meetings stay, to be attached anew. */
  #lose(lost: readonly (readonly [string, Meeting])[], reason: string): void {
    const byLink = Map.groupBy(lost, ([, { link }]) => link);
    for (const [, meeting] of lost) {
      const { placed } = meeting;
      meeting.placed = undefined;
      this.#setLoad(meeting, noLoad);
      if (placed !== undefined) void this.#context.stopChild(placed.router, 0);
    }
    for (const [link, meetings] of byLink) {
      const events = link === undefined ? undefined : this.#links.get(link);
      void events?.offer("meetingsLost", { meeting_ids: meetings.map(([id]) => id), reason });
    }
  }

  #orphan(meetingId: string, meeting: Meeting): void {
    meeting.cancelOrphan();
    meeting.link = undefined;
    meeting.cancelOrphan = this.#context.after(this.#init.orphanMs, () => {
      if (this.#meetings.get(meetingId) !== meeting) return;
      this.#log.info("closing a meeting that no link speaks for", { meeting_id: meetingId });
      this.#forget(meetingId, meeting);
      if (meeting.placed !== undefined) void this.#context.stopChild(meeting.placed.router);
    });
  }

  #forget(meetingId: string, meeting: Meeting): void {
    meeting.cancelOrphan();
    this.#meetings.delete(meetingId);
    this.#fences.delete(meetingId);
    this.#fences.set(meetingId, meeting.generation);
    const [oldest] = this.#fences.keys();
    if (this.#fences.size > maxFences && oldest !== undefined) this.#fences.delete(oldest);
    this.#setLoad(meeting, noLoad);
  }

  #setLoad(meeting: Meeting, load: Load): void {
    this.#load = changedLoad(this.#load, meeting.load, load);
    meeting.load = load;
    this.#init.telemetry.tell("load", this.#load);
  }

  #tellWorkers(): void {
    this.#init.telemetry.tell("workers", { running: this.#workers.size });
  }
}

function stale(): Failure<"stale_generation"> {
  return fail("stale_generation", "A newer controller has this meeting");
}
