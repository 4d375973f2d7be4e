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
import type { LiveObjects } from "../telemetry/live_objects.ts";
import { changedLoad, type Load, noLoad } from "../telemetry/load.ts";
import type { Telemetry } from "../telemetry/telemetry_messages.ts";
import { MeetingRouterActor } from "./meeting_router.ts";
import type { MeetingRouter, MeetingRouterLimits } from "./meeting_router_messages.ts";
import { routerCapabilities } from "./router_capabilities.ts";
import { type ControlRefusal, RoutingTableMessages } from "./routing_messages.ts";
import { type BatchPart, joinOutcomes, splitBatch } from "./split_batch.ts";
import { notHere, refuse, routerGone } from "./steps/step_site.ts";
import { leastLoaded, type ListedWorker } from "./worker_list.ts";

export interface RoutingTableInit extends MeetingRouterLimits {
  readonly telemetry: ActorRef<typeof Telemetry>;
  /** Most transports of the whole handler, give or take what is being opened at the moment. */
  readonly maxTransports: number;
  /** How long a meeting is kept that no link speaks for. */
  readonly orphanMs: number;
}

/** One router of a meeting; what is in it is the router's business. */
interface PlacedRouter {
  readonly id: string;
  readonly meeting: Meeting;
  readonly ref: ActorRef<typeof MeetingRouter>;
  readonly worker: ListedWorker;
  load: Load;
}

/** One meeting as the table knows it. */
interface Meeting {
  readonly id: string;
  generation: number;
  /** The last numbered batch of this generation that was handed out. */
  batch: number;
  /** The link that speaks for it, and hears its reports. */
  link: string | undefined;
  readonly routers: Map<string, PlacedRouter>;
  cancelOrphan: () => void;
}

interface Fence {
  readonly meeting_id: string;
  readonly generation: number;
  readonly link: string;
}

type In<N extends keyof typeof RoutingTableMessages> = Body<typeof RoutingTableMessages, N>;
type Refused = Failure<ControlRefusal>;
type Answer<T> = Later<T | Refused> | Refused;

/** How many closed meetings' generations are remembered, so that a controller that lost one can't open it again. */
const maxFences = 10_000;

/**
 * Owns the table of meetings: which generation speaks for each, over which link, and which routers it has on which SFU
 * workers. Everything inside a router is handed on to it, so that none waits for another.
 */
export class RoutingTableActor {
  static readonly protocol = RoutingTableMessages;
  readonly #init: RoutingTableInit;
  readonly #context: ActorContext<typeof RoutingTableMessages>;
  readonly #meetings = new Map<string, Meeting>();
  readonly #fences = new Map<string, number>();
  readonly #workers = new Map<number, ListedWorker>();
  readonly #links = new Map<string, ActorRef<typeof MediaReports>>();
  readonly #capabilities = routerCapabilities();
  readonly #log = logger("routing_table");
  #load: Load = noLoad;
  /** Reports that found no room and are not counted yet. */
  #dropped = 0;

  constructor(init: RoutingTableInit, context: ActorContext<typeof RoutingTableMessages>) {
    this.#init = init;
    this.#context = context;
  }

  open(body: In<"open">, message: MessageContext): Answer<MediaInventory> {
    const { meeting_id, generation, link } = body;
    const refused = this.#fence(body, "any meeting");
    if (refused instanceof Failure) return refused;
    if (!this.#links.has(link)) return fail("unavailable", "The link is going down");
    const known = this.#meetings.get(meeting_id);
    const meeting = known ?? createMeeting(meeting_id, generation);
    // Whatever is refused up to here leaves the meeting to whom it belongs.
    const placed = meeting.routers.size > 0 || this.#place(meeting);
    if (placed instanceof Failure) return fail("unavailable", placed.message);
    this.#meetings.set(meeting_id, meeting);
    meeting.cancelOrphan();
    meeting.link = link;
    raise(meeting, generation);
    return later(this.#context.pipe(this.#inventory(meeting, message), (inventory) => {
      if (inventory instanceof Failure || inventory.routers.length > 0) return inventory;
      if (known === undefined && this.#meetings.get(meeting_id) === meeting) void this.#forget(meeting);
      return fail("unavailable", "The SFU worker can't take the meeting");
    }));
  }

  close(body: In<"close">): Answer<void> {
    const meeting = this.#fence(body, "its own");
    if (meeting instanceof Failure) return meeting;
    return later(this.#forget(meeting));
  }

  apply(body: In<"apply">, message: MessageContext): Answer<{ outcomes: StepOutcome[] }> {
    const meeting = this.#fence(body, "its own");
    if (meeting instanceof Failure) return meeting;
    // A router takes what is asked of it in order: an inventory that is asked for from now on shows this batch.
    meeting.batch = Math.max(meeting.batch, body.batch ?? 0);
    const { parts, opens } = splitBatch(body.steps);
    const taken = [
      ...parts.map((part) => this.#hand(meeting, part, message)),
      ...opens.map(async (index) => ({
        indexes: [index],
        outcomes: [await this.#openRouter(meeting, message)],
      })),
    ];
    return later(Promise.all(taken).then((answers) => ({ outcomes: joinOutcomes(answers) })));
  }

  inventory(body: In<"inventory">, message: MessageContext): Answer<MediaInventory> {
    const meeting = this.#fence(body, "its own");
    return meeting instanceof Failure ? meeting : later(this.#inventory(meeting, message));
  }

  linkUp({ link, reports }: In<"linkUp">): void {
    this.#links.set(link, reports);
  }

  linkDown({ link }: In<"linkDown">): void {
    this.#links.delete(link);
    for (const meeting of this.#meetings.values()) if (meeting.link === link) this.#orphan(meeting);
  }

  workerRunning({ index, worker }: In<"workerRunning">): void {
    this.#workers.set(index, { index, worker, routers: 0, transports: 0 });
    this.#tellWorkers();
  }

  workerLost({ index, reason }: In<"workerLost">): void {
    const worker = this.#workers.get(index);
    this.#workers.delete(index);
    this.#tellWorkers();
    this.#init.telemetry.tell("workerDied", { index });
    const lost = [...this.#meetings.values()].flatMap(({ routers }) =>
      [...routers.values()].filter((router) => router.worker === worker)
    );
    this.#log.warn("SFU worker lost", { index, reason, routers: lost.length });
    for (const router of lost) this.#lose(router, reason);
  }

  counted({ meeting_id, router_id, load }: In<"counted">): void {
    const router = this.#meetings.get(meeting_id)?.routers.get(router_id);
    if (router !== undefined) this.#setLoad(router, load);
  }

  routerEnded({ meeting_id, router_id, reason }: In<"routerEnded">): void {
    const router = this.#meetings.get(meeting_id)?.routers.get(router_id);
    if (router === undefined) return;
    this.#log.error("a meeting's router failed", { meeting_id, router_id, reason });
    this.#lose(router, "The meeting's router failed");
  }

  report({ meeting_id, router_id, reports }: In<"report">): void {
    const meeting = this.#meetings.get(meeting_id);
    if (meeting?.routers.has(router_id)) this.#report(meeting, reports);
  }

  status(): { workers: number; meetings: number; load: Load } {
    return { workers: this.#workers.size, meetings: this.#meetings.size, load: this.#load };
  }

  liveObjects(_: void, message: MessageContext): Later<readonly LiveObjects[]> {
    const routers = [...this.#meetings.values()].flatMap(({ routers }) => [...routers.values()]);
    const asked = routers.map(({ ref }) => message.ask(ref, "liveObjects", undefined));
    return later(Promise.all(asked).then((outcomes) => outcomes.flatMap((one) => one.ok ? [one.value] : [])));
  }

  /**
   * Everything that a link asks passes here first: a generation lower than one that was seen is stale, and only the link
   * that opened a meeting speaks for it. A higher generation of that link counts from now on.
   */
  #fence(fence: Fence, whose: "its own"): Meeting | Refused;
  #fence(fence: Fence, whose: "any meeting"): Meeting | Refused | undefined;
  #fence(
    { meeting_id, generation, link }: Fence,
    whose: "its own" | "any meeting",
  ): Meeting | Refused | undefined {
    const meeting = this.#meetings.get(meeting_id);
    const seen = meeting?.generation ?? this.#fences.get(meeting_id);
    if (seen !== undefined && generation < seen) {
      return fail("stale_generation", "A newer controller has this meeting");
    }
    if (whose === "any meeting") return meeting;
    if (meeting === undefined || meeting.link !== link) {
      return fail("not_found", "The meeting was not opened on this link");
    }
    raise(meeting, generation);
    return meeting;
  }

  /** Gives a meeting another router, on a worker that has none of it. */
  #place(meeting: Meeting): PlacedRouter | Failure<"unavailable" | "full"> {
    if (this.#workers.size === 0) return fail("unavailable", "No SFU worker is running");
    const taken = new Set([...meeting.routers.values()].map(({ worker }) => worker));
    const worker = leastLoaded(this.#workers.values(), taken);
    if (worker === undefined) return fail("full", "Every SFU worker has a router of the meeting");
    const id = crypto.randomUUID();
    const ref = this.#context.spawn(MeetingRouterActor, {
      ...this.#init,
      meetingId: meeting.id,
      routerId: id,
      worker: worker.worker,
      table: this.#context.self,
    }, { name: `router-${id}`, capacity: 1_000, policy: { directive: "stop" }, graceMs: 5_000 });
    // Not `context.watch`: that would be remembered for as long as the table lives.
    ref.watch((reason) =>
      void this.#context.self.offer("routerEnded", { meeting_id: meeting.id, router_id: id, reason })
    );
    worker.routers++;
    const router = { id, meeting, ref, worker, load: noLoad };
    meeting.routers.set(id, router);
    return router;
  }

  /** Hands a part of a batch to its router. */
  async #hand(meeting: Meeting, { routerId, steps, indexes }: BatchPart, message: MessageContext) {
    const router = meeting.routers.get(routerId);
    if (router === undefined) return { indexes, outcomes: steps.map(() => notHere("router")) };
    const room = this.#init.maxTransports - this.#load.transports;
    const timeoutMs = message.remainingMs;
    const outcome = await message.ask(router.ref, "apply", { steps, room }, { timeoutMs });
    if (outcome.ok) return { indexes, outcomes: outcome.value };
    const { code, message: text } = outcome.error;
    return {
      indexes,
      outcomes: steps.map(() => code === "stopped" ? routerGone() : refuse("unavailable", text)),
    };
  }

  async #openRouter(meeting: Meeting, message: MessageContext): Promise<StepOutcome> {
    if (this.#load.transports + 2 > this.#init.maxTransports) {
      return refuse("full", "This handler takes no more transports");
    }
    const placed = this.#place(meeting);
    if (placed instanceof Failure) return refuse(placed.code, placed.message);
    const ready = await message.ask(placed.ref, "ready", undefined);
    if (!ready.ok) return refuse("unavailable", ready.error.message);
    return { ok: true, step: "router.open", router_id: placed.id, rtp_capabilities: this.#capabilities };
  }

  /** What there is of a meeting. A router that is gone is left out; one that doesn't answer may still be there. */
  async #inventory({ routers, batch }: Meeting, message: MessageContext): Promise<MediaInventory | Refused> {
    const asked = [...routers.values()].map(({ ref }) => message.ask(ref, "inventory", undefined));
    const there: MediaInventory["routers"] = [];
    for (const outcome of await Promise.all(asked)) {
      if (outcome.ok) there.push(outcome.value);
      else if (!["unavailable", "stopped", "crashed"].includes(outcome.error.code)) {
        return fail("unavailable", outcome.error.message);
      }
    }
    return { batch, routers: there };
  }

  /** A router is gone: who speaks for the meeting hears of it, and the meeting stays. */
  #lose(router: PlacedRouter, reason: string): void {
    this.#remove(router);
    void this.#context.stopChild(router.ref, 0);
    this.#report(router.meeting, [{
      report: "router.lost",
      router_id: router.id,
      reason: reason.slice(0, 200),
    }]);
  }

  /** What a link has no room for is counted: the inventory that its controller asks for makes up for it. */
  #report({ id: meeting_id, link }: Meeting, reports: readonly MediaReport[]): void {
    const to = link === undefined ? undefined : this.#links.get(link);
    if (to === undefined || to.tell("report", { meeting_id, reports: [...reports] }) === "accepted") return;
    this.#dropped += reports.length;
    const count = this.#dropped;
    if (this.#init.telemetry.tell("reportsDropped", { count }) === "accepted") this.#dropped = 0;
  }

  #orphan(meeting: Meeting): void {
    meeting.cancelOrphan();
    meeting.link = undefined;
    meeting.cancelOrphan = this.#context.after(this.#init.orphanMs, () => {
      if (this.#meetings.get(meeting.id) !== meeting) return;
      this.#log.info("closing a meeting that no link speaks for", { meeting_id: meeting.id });
      void this.#forget(meeting);
    });
  }

  /** Everything of a meeting ends, except that its generation is remembered. */
  async #forget(meeting: Meeting): Promise<void> {
    const { id, generation, routers } = meeting;
    meeting.cancelOrphan();
    this.#meetings.delete(id);
    this.#fences.delete(id);
    this.#fences.set(id, generation);
    const [oldest] = this.#fences.keys();
    if (this.#fences.size > maxFences && oldest !== undefined) this.#fences.delete(oldest);
    const ended = [...routers.values()];
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
    this.#init.telemetry.tell("load", this.#load);
  }

  #tellWorkers(): void {
    this.#init.telemetry.tell("workers", { running: this.#workers.size });
  }
}

function createMeeting(id: string, generation: number): Meeting {
  return { id, generation, batch: 0, link: undefined, routers: new Map(), cancelOrphan: () => {} };
}

/** Batches are numbered anew in each generation. */
function raise(meeting: Meeting, generation: number): void {
  if (generation === meeting.generation) return;
  meeting.generation = generation;
  meeting.batch = 0;
}
