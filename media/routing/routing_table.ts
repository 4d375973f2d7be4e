import {
  type ActorContext,
  type ActorRef,
  type Body,
  fail,
  Failure,
  type Later,
  later,
  type MessageContext,
} from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import type { MediaReport, MediaReports } from "../../shared/protocol/media/control.ts";
import type { MediaInventory } from "../../shared/protocol/media/inventory.ts";
import type { StepOutcome } from "../../shared/protocol/media/steps.ts";
import type { PacketCount } from "../../shared/protocol/signaling/entities.ts";
import type { LiveObjects } from "../telemetry/live_objects.ts";
import { type Count, countFor } from "../telemetry/count_for.ts";
import { changedLoad, type Load, noLoad } from "../telemetry/load.ts";
import type { Telemetry } from "../telemetry/telemetry_messages.ts";
import { gatherInventory, gatherLiveObjects, takePart, tellOpened } from "./ask_routers.ts";
import { gatherSent } from "./gather_sent.ts";
import {
  createMeeting,
  createMeetingList,
  endMeeting,
  type Meeting,
  meetingOf,
  type PlacedRouter,
  raiseGeneration,
  refuseStale,
} from "./meeting_list.ts";
import { MeetingRouterActor } from "./meeting_router.ts";
import type { MeetingRouterLimits } from "./meeting_router_messages.ts";
import { routerCapabilities } from "./router_capabilities.ts";
import { type ControlRefusal, type Drained, RoutingTableMessages } from "./routing_messages.ts";
import { type BatchPart, joinOutcomes, splitBatch } from "./split_batch.ts";
import { settleEvent } from "./settle_event.ts";
import { refuse } from "./steps/step_site.ts";
import { type CpuLimits, isFullAt, leastLoaded, type ListedWorker } from "./worker_list.ts";

export interface RoutingTableInit extends MeetingRouterLimits {
  readonly telemetry: ActorRef<typeof Telemetry>;
  /** Most transports of the whole handler. Fresh ones beside a participant's old may exceed it. */
  readonly maxTransports: number;
  /** The CPU load at which an SFU worker takes nobody new, and at which it does again. */
  readonly cpuLimits: CpuLimits;
  /** Lifetime of a meeting without a link. */
  readonly orphanMs: number;
}

type In<N extends keyof typeof RoutingTableMessages> = Body<typeof RoutingTableMessages, N>;
type Answer<T> = Later<T | Failure<ControlRefusal>> | Failure<ControlRefusal>;

/** Pause before the telemetry is told again after its mailbox was full. */
const retryMs = 1_000;
/** How long a meeting that is to be opened waits for an SFU worker while none runs. */
const workerPatienceMs = 1_000;

/**
 * Owns the table of meetings: each meeting's generation, the link that speaks for it, and its routers with their SFU
 * workers. Steps inside a router are handed to that router's actor, so that no router waits for another.
 */
export class RoutingTableActor {
  static readonly protocol = RoutingTableMessages;
  readonly #init: RoutingTableInit;
  readonly #context: ActorContext<typeof RoutingTableMessages>;
  readonly #meetings = createMeetingList();
  readonly #workers = new Map<number, ListedWorker>();
  readonly #links = new Map<string, ActorRef<typeof MediaReports>>();
  readonly #capabilities = routerCapabilities();
  readonly #log = logger("routing_table");
  readonly #countDeaths: Count;
  readonly #countDropped: Count;
  #load: Load = noLoad;
  /** So many transports may be opened by the parts of batches that are with routers. `#load` has them only afterwards. */
  #granted = 0;
  #isDraining = false;
  /** Resolves once the handler drains and has nobody left whom a controller could move. */
  #drained = Promise.withResolvers<Drained>();
  /** Resolves once another SFU worker runs. */
  #runs = Promise.withResolvers<void>();
  #cancelRetry = () => {};

  constructor(init: RoutingTableInit, context: ActorContext<typeof RoutingTableMessages>) {
    this.#init = init;
    this.#context = context;
    this.#countDeaths = countFor(init.telemetry, "workersDied");
    this.#countDropped = countFor(init.telemetry, "reportsDropped");
  }

  /**
   * After an SFU worker's death its meetings are opened anew at once. While no worker runs, such an open waits for the next
   * one.
   */
  open(body: In<"open">, message: MessageContext): Answer<MediaInventory> {
    if (this.#workers.size > 0) return this.#open(body, message);
    const opened = this.#context.pipe(this.#untilWorkerRuns(), () => this.#open(body, message));
    return later(opened.then((answer) => answer instanceof Failure ? answer : answer.work));
  }

  #open(body: In<"open">, message: MessageContext): Answer<MediaInventory> {
    const { meeting_id, generation, link } = body;
    const stale = refuseStale(this.#meetings, body);
    if (stale !== undefined) return stale;
    if (!this.#links.has(link)) return fail("unavailable", "The link is going down");
    const known = this.#meetings.running.get(meeting_id);
    if (known === undefined && this.#isDraining) return fail("unavailable", "This handler is about to end");
    const meeting = known ?? createMeeting(meeting_id, generation);
    const placed = meeting.routers.size > 0 || this.#place(meeting);
    if (placed instanceof Failure) return fail("unavailable", placed.message);
    // An open that was refused before this line has changed nothing: the meeting stays with its link.
    this.#meetings.running.set(meeting_id, meeting);
    meeting.cancelOrphan();
    meeting.link = link;
    raiseGeneration(meeting, generation);
    return later(this.#context.pipe(gatherInventory(meeting, message), (inventory) => {
      if (inventory instanceof Failure) return inventory;
      if (inventory.routers.length > 0) {
        tellOpened(meeting);
        return this.#withDraining(inventory);
      }
      if (known === undefined && this.#isRunning(meeting)) void this.#end(meeting);
      return fail("unavailable", "The SFU worker can't take the meeting");
    }));
  }

  close(body: In<"close">): Answer<void> {
    const meeting = meetingOf(this.#meetings, body);
    if (meeting instanceof Failure) return meeting;
    return later(this.#end(meeting));
  }

  apply(body: In<"apply">, message: MessageContext): Answer<{ outcomes: StepOutcome[] }> {
    const meeting = meetingOf(this.#meetings, body);
    if (meeting instanceof Failure) return meeting;
    // A router handles its messages in order: every later inventory shows this batch.
    meeting.batch = Math.max(meeting.batch, body.batch ?? 0);
    const { parts, opens } = splitBatch(body.steps);
    const taken = [
      ...parts.map((part) => this.#takePart(meeting, part, message)),
      ...opens.map(async (index) => ({
        indexes: [index],
        outcomes: [await this.#openRouter(meeting, message)],
      })),
    ];
    return later(Promise.all(taken).then((answers) => ({ outcomes: joinOutcomes(answers) })));
  }

  /** Grants a part what it may need of the room, which no other part is granted until the load has what came of it. */
  #takePart(meeting: Meeting, part: BatchPart, message: MessageContext): ReturnType<typeof takePart> {
    const wanted = 2 * part.steps.filter(({ step }) => step === "transports.open").length;
    const granted = Math.max(0, Math.min(wanted, this.#room()));
    this.#granted += granted;
    const taken = takePart(meeting, part, granted, message);
    // The router tells its load before it answers, so that this comes after it.
    void this.#context.pipe(taken, () => void (this.#granted -= granted));
    return taken;
  }

  /** How many more transports the handler takes. */
  #room(): number {
    return this.#init.maxTransports - this.#load.transports - this.#granted;
  }

  inventory(body: In<"inventory">, message: MessageContext): Answer<MediaInventory> {
    const meeting = meetingOf(this.#meetings, body);
    if (meeting instanceof Failure) return meeting;
    return later(this.#context.pipe(gatherInventory(meeting, message), (inventory) => {
      return inventory instanceof Failure ? inventory : this.#withDraining(inventory);
    }));
  }

  drain(): Later<Drained> {
    if (!this.#isDraining) {
      this.#isDraining = true;
      for (const meeting of this.#meetings.running.values()) {
        const reports = [...meeting.routers.keys()].map((router_id) =>
          ({ report: "router.draining", router_id }) as const
        );
        if (reports.length > 0) this.#report(meeting, reports);
      }
      this.#log.info("draining", { transports: this.#load.transports });
    }
    const drained = this.#drained.promise;
    this.#endDraining();
    return later(drained);
  }

  sent(body: In<"sent">, message: MessageContext): Answer<{ sent: PacketCount[] }> {
    const meeting = meetingOf(this.#meetings, body);
    if (meeting instanceof Failure) return meeting;
    const sent = gatherSent([...meeting.routers.values()], body.consumer_ids, message);
    return later(sent.then((sent) => sent instanceof Failure ? sent : { sent }));
  }

  linkUp({ link, reports }: In<"linkUp">): void {
    this.#links.set(link, reports);
  }

  linkDown({ link }: In<"linkDown">): void {
    this.#links.delete(link);
    for (const meeting of this.#meetings.running.values()) if (meeting.link === link) this.#orphan(meeting);
    this.#endDraining();
  }

  workerRunning({ index, worker }: In<"workerRunning">): void {
    const use = { cpu: 0, peakMemoryBytes: 0 };
    this.#workers.set(index, { index, worker, routers: 0, transports: 0, use, isFull: false });
    this.#runs.resolve();
    this.#runs = Promise.withResolvers();
    this.#showCounts();
  }

  workerUsed({ index, use }: In<"workerUsed">): void {
    const worker = this.#workers.get(index);
    if (worker === undefined) return;
    const isFull = isFullAt(use, worker.isFull, this.#init.cpuLimits);
    if (isFull !== worker.isFull) {
      const { cpu } = use;
      this.#log.warn(isFull ? "SFU worker takes nobody new" : "SFU worker takes newcomers again", {
        index,
        cpu,
      });
    }
    worker.use = use;
    worker.isFull = isFull;
    this.#showCounts();
  }

  workerLost({ index, reason }: In<"workerLost">): void {
    const worker = this.#workers.get(index);
    this.#workers.delete(index);
    this.#countDeaths(1);
    this.#showCounts();
    const lost = this.#routers().filter((router) => router.worker === worker);
    this.#log.warn("SFU worker lost", { index, reason, routers: lost.length });
    for (const router of lost) this.#lose(router, reason);
  }

  counted({ meeting_id, router_id, load }: In<"counted">): void {
    const router = this.#meetings.running.get(meeting_id)?.routers.get(router_id);
    if (router !== undefined) this.#setLoad(router, load);
  }

  routerEnded({ meeting_id, router_id, reason }: In<"routerEnded">): void {
    const router = this.#meetings.running.get(meeting_id)?.routers.get(router_id);
    if (router === undefined) return;
    this.#log.error("a meeting's router failed", { meeting_id, router_id, reason });
    this.#lose(router, "The meeting's router failed");
  }

  report({ meeting_id, router_id, reports }: In<"report">): void {
    const meeting = this.#meetings.running.get(meeting_id);
    if (meeting?.routers.has(router_id)) this.#report(meeting, reports);
  }

  status(): { workers: number; meetings: number; load: Load } {
    return { workers: this.#workers.size, meetings: this.#meetings.running.size, load: this.#load };
  }

  liveObjects(_: void, message: MessageContext): Later<readonly LiveObjects[] | Failure<"unavailable">> {
    return later(gatherLiveObjects(this.#routers(), message));
  }

  /** A router that has no room for a round gets the next one. */
  observed(observations: In<"observed">): void {
    for (const one of observations) {
      const router = this.#meetings.running.get(one.meetingId)?.routers.get(one.routerId);
      const told = router?.ref.tell("observed", one);
      if (told === "overloaded") {
        this.#log.debug("a router was not told of a round", { router_id: one.routerId });
      }
    }
  }

  async #untilWorkerRuns(): Promise<void> {
    const late = Promise.withResolvers<void>();
    const cancel = this.#context.after(workerPatienceMs, late.resolve);
    await Promise.race([this.#runs.promise, late.promise]);
    cancel();
  }

  #withDraining(inventory: MediaInventory): MediaInventory {
    return this.#isDraining ? { ...inventory, draining: true } : inventory;
  }

  /** A handler that GC has drain goes on, and may have links again: whoever asks then is answered by what is then. */
  #endDraining(): void {
    const { transports } = this.#load;
    if (!this.#isDraining || (transports > 0 && this.#links.size > 0)) return;
    this.#drained.resolve({ transports });
    this.#drained = Promise.withResolvers();
  }

  #routers(): PlacedRouter[] {
    return [...this.#meetings.running.values()].flatMap(({ routers }) => [...routers.values()]);
  }

  #isRunning(meeting: Meeting): boolean {
    return this.#meetings.running.get(meeting.id) === meeting;
  }

  /** Gives a meeting another router, on an SFU worker that has none of the meeting. */
  #place(meeting: Meeting): PlacedRouter | Failure<"unavailable" | "full"> {
    if (this.#workers.size === 0) return fail("unavailable", "No SFU worker is running");
    const taken = new Set([...meeting.routers.values()].map(({ worker }) => worker));
    const worker = leastLoaded(this.#workers.values(), taken);
    if (worker === undefined) return fail("full", "Every SFU worker is busy or has a router of the meeting");
    const id = crypto.randomUUID();
    const ref = this.#context.spawn(MeetingRouterActor, {
      ...this.#init,
      meetingId: meeting.id,
      routerId: id,
      worker: worker.worker,
      table: this.#context.self,
    }, { name: `router-${id}`, capacity: 1_000, policy: { directive: "stop" }, graceMs: 5_000 });
    const { self } = this.#context;
    // `context.watch` would keep its entry for as long as the table lives.
    ref.watch((reason) => {
      const ended = { meeting_id: meeting.id, router_id: id, reason };
      void settleEvent("routerEnded", self.offer("routerEnded", ended));
    });
    worker.routers++;
    const router = { id, meeting, ref, worker, load: noLoad };
    meeting.routers.set(id, router);
    return router;
  }

  async #openRouter(meeting: Meeting, message: MessageContext): Promise<StepOutcome> {
    if (this.#room() < 2) return refuse("full", "This handler takes no more transports");
    const placed = this.#place(meeting);
    if (placed instanceof Failure) return refuse(placed.code, placed.message);
    const ready = await message.ask(placed.ref, "ready", undefined);
    if (!ready.ok) return refuse("unavailable", ready.error.message);
    return { ok: true, step: "router.open", router_id: placed.id, rtp_capabilities: this.#capabilities };
  }

  /** Removes a router that is gone, and reports that to the meeting's link. The meeting stays. */
  #lose(router: PlacedRouter, reason: string): void {
    this.#remove(router);
    void this.#context.stopChild(router.ref, 0);
    this.#report(router.meeting, [{
      report: "router.lost",
      router_id: router.id,
      reason: reason.slice(0, 200),
    }]);
  }

  /** Counts the reports that the link has no room for. The next inventory tells the controller the same. */
  #report({ id: meeting_id, link }: Meeting, reports: readonly MediaReport[]): void {
    const to = link === undefined ? undefined : this.#links.get(link);
    if (to === undefined || to.tell("report", { meeting_id, reports: [...reports] }) === "accepted") return;
    if (!this.#countDropped(reports.length)) this.#showCounts();
  }

  #orphan(meeting: Meeting): void {
    meeting.cancelOrphan();
    meeting.link = undefined;
    meeting.cancelOrphan = this.#context.after(this.#init.orphanMs, () => {
      if (!this.#isRunning(meeting)) return;
      this.#log.info("closing a meeting without a link", { meeting_id: meeting.id });
      void this.#end(meeting);
    });
  }

  /** Ends a meeting with all its routers. Its generation is remembered. */
  async #end(meeting: Meeting): Promise<void> {
    meeting.cancelOrphan();
    endMeeting(this.#meetings, meeting);
    const ended = [...meeting.routers.values()];
    for (const router of ended) this.#remove(router);
    await Promise.all(ended.map(({ ref }) => this.#context.stopChild(ref)));
  }

  #remove(router: PlacedRouter): void {
    this.#setLoad(router, noLoad);
    router.meeting.routers.delete(router.id);
    router.worker.routers--;
  }

  #setLoad(router: PlacedRouter, load: Load): void {
    router.worker.transports += load.transports - router.load.transports;
    this.#load = changedLoad(this.#load, router.load, load);
    router.load = load;
    this.#showCounts();
    this.#endDraining();
  }

  /** Tells the telemetry the present counts. Counts that find no room are told a second later, as they are then. */
  #showCounts(): void {
    this.#cancelRetry();
    const areTotalsTold = [this.#countDeaths(0), this.#countDropped(0)].every(Boolean);
    const workers = [...this.#workers.values()].map(({ index, use, isFull }) => ({ index, ...use, isFull }));
    const counts = { load: this.#load, workers };
    const told = this.#init.telemetry.tell("counted", counts);
    if (areTotalsTold && told !== "overloaded") return;
    this.#cancelRetry = this.#context.after(retryMs, () => this.#showCounts());
  }
}
