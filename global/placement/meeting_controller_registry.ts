import type { z } from "zod";
import { type ActorContext, fail, type Failure, later, type MessageContext } from "../../shared/actor/mod.ts";
import type { HeartbeatAnswer, RegistrationAnswer } from "../../shared/protocol/mod.ts";
import type { ControllerEntry, HandlerEntry, Lease, MeetingFacts } from "../../shared/store/live/mod.ts";
import { censusOf } from "./census.ts";
import { chooseShard, type Shard, shardOf } from "./choose_controller.ts";
import { chooseHandlers } from "./choose_handlers.ts";
import { fullness } from "./fullness.ts";
import { distanceFrom } from "./locality.ts";
import { RecentPlacements } from "./recent_placements.ts";
import {
  MeetingControllerRegistry,
  type Placement,
  type RegistryInit,
  type ShardKey,
} from "./registry_protocol.ts";
import { Roster, type View } from "./roster.ts";
import { LOOK_MS, Silence } from "./silence.ts";

type In<N extends keyof typeof MeetingControllerRegistry> = z.output<
  typeof MeetingControllerRegistry[N]["input"]
>;
type PlaceCode = "no_controller" | "no_handler" | "ended" | "unavailable";
type OwnCode = "owned_by_another" | "unknown" | "unavailable";
type Known = ControllerEntry | HandlerEntry;

/** Somebody else places the same meeting at the same moment; more often than this it is no coincidence. */
const MAX_ATTEMPTS = 5;

/**
 * Owns what this GC knows of meeting controllers and media handlers, and gives meetings to them. The truth is in the
 * live store, where several GCs write; whoever places a meeting second finds it placed. No message waits here for the
 * live store: its work goes on beside the mailbox, and comes back to the actor's state in turns of its own.
 */
export class MeetingControllerRegistryActor {
  static readonly protocol = MeetingControllerRegistry;
  readonly #init: RegistryInit;
  readonly #context: ActorContext<typeof MeetingControllerRegistry>;
  readonly #silence: Silence;
  readonly #roster: Roster;
  readonly #recent = new RecentPlacements();
  readonly #distanceOf: (there: Known) => number;

  constructor(init: RegistryInit, context: ActorContext<typeof MeetingControllerRegistry>) {
    this.#init = init;
    this.#context = context;
    this.#silence = new Silence({ timeoutMs: init.heartbeatTimeoutMs, now: init.now });
    this.#roster = new Roster({ registrations: init.live.registrations, silence: this.#silence, context });
    this.#distanceOf = distanceFrom(init.locality);
  }

  onStart(): void {
    this.#context.every(LOOK_MS, () => this.#silence.look());
  }

  registerController({ owner, registration }: In<"registerController">, message: MessageContext) {
    const entry = { ...registration, ...this.#presence(owner) };
    const written = message.ask(this.#init.live.registrations, "registerController", entry);
    return later(this.#registered(registration, written));
  }

  registerHandler({ owner, registration }: In<"registerHandler">, message: MessageContext) {
    const entry = { ...registration, ...this.#presence(owner) };
    const written = message.ask(this.#init.live.registrations, "registerHandler", entry);
    return later(this.#registered(registration, written));
  }

  heartbeat(body: In<"heartbeat">, message: MessageContext) {
    return later(this.#heartbeat(body, message));
  }

  drain(body: In<"drain">, message: MessageContext) {
    const { kind, id } = body;
    const { registrations } = this.#init.live;
    return later(this.#changeOwn(body, () => message.ask(registrations, "drain", { kind, id })));
  }

  unregister(body: In<"unregister">, message: MessageContext) {
    const { registrations } = this.#init.live;
    return later(this.#changeOwn(body, () => message.ask(registrations, "unregister", body)));
  }

  place({ facts }: In<"place">, message: MessageContext) {
    return later(this.#place(facts, message));
  }

  locate({ meeting_id }: In<"locate">, message: MessageContext) {
    return later(this.#locate(meeting_id, message));
  }

  shard({ shard }: In<"shard">) {
    return later(this.#shard(shard));
  }

  move(body: In<"move">, message: MessageContext) {
    return later(this.#move(body, message));
  }

  live({ meeting_ids }: In<"live">, message: MessageContext) {
    return later(this.#live(meeting_ids, message));
  }

  census() {
    return later(this.#roster.view().then((view) => view === undefined ? unavailable() : censusOf(view)));
  }

  async #heartbeat(
    body: In<"heartbeat">,
    message: MessageContext,
  ): Promise<HeartbeatAnswer | Failure<OwnCode>> {
    const { kind, id, owner, instance_id, state, used } = body;
    // One write and no read, for a process that this GC has seen before.
    const seen = this.#roster.find(kind, id);
    const isSame = seen?.owner === owner && seen.instance_id === instance_id;
    const known = isSame ? seen : await this.#own(body);
    if ("code" in known) return known;
    const load = fullness(used, known.capacity);
    const beat = { kind, id, owner, instance_id, state, load, at_ms: this.#init.now() };
    const written = await message.ask(this.#init.live.registrations, "heartbeat", beat);
    return await this.#turn(() => {
      if (written.ok) {
        const { state } = written.value;
        this.#roster.noteStore(true);
        this.#roster.noteHeartbeat(kind, id, { load, state, heartbeat_ms: beat.at_ms });
        return { state };
      }
      this.#roster.forget();
      return refusalOf(written.error);
    });
  }

  async #changeOwn(
    process: In<"drain">,
    change: () => Promise<{ ok: true } | { ok: false; error: Failure }>,
  ): Promise<void | Failure<OwnCode>> {
    const known = await this.#own(process);
    if ("code" in known) return known;
    const outcome = await change();
    return await this.#turn(() => {
      this.#roster.forget();
      if (!outcome.ok) return refusalOf(outcome.error);
    });
  }

  async #place(facts: MeetingFacts, message: MessageContext): Promise<Placement | Failure<PlaceCode>> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const here = await this.#find(facts.meeting.meeting_id, message);
      if ("code" in here) return here;
      if (here.shard !== undefined) return placementOf(here.lease, here.shard, here.view);
      const placed = await this.#assign(facts, here.lease, here.view, [], message);
      if (!("code" in placed)) return placed;
      if (placed.code !== "changed") return fail(placed.code, placed.message);
    }
    return fail("unavailable", `Meeting "${facts.meeting.meeting_id}" is being placed again and again`);
  }

  async #locate(
    meetingId: string,
    message: MessageContext,
  ): Promise<Placement | null | Failure<"unavailable">> {
    const here = await this.#find(meetingId, message);
    if ("code" in here) return here;
    if (here.shard === undefined) return null;
    const placement = placementOf(here.lease, here.shard, here.view);
    return "code" in placement ? null : placement;
  }

  async #shard(key: ShardKey): Promise<{ internal_url: string } | null | Failure<"unavailable">> {
    const view = await this.#roster.view();
    if (view === undefined) return unavailable();
    const shard = shardOf(view.controllers.present, key);
    return shard === undefined ? null : { internal_url: shard.endpoint.internal_url };
  }

  async #move(
    { facts, generation, not }: In<"move">,
    message: MessageContext,
  ): Promise<Placement | Failure<PlaceCode | "changed">> {
    const { meeting_id } = facts.meeting;
    const [read, view] = await Promise.all([
      message.ask(this.#init.live.leases, "lease", { meeting_id }),
      this.#roster.view(),
    ]);
    if (!read.ok || view === undefined) return unavailable();
    const lease = read.value;
    if ((lease?.generation ?? 0) !== generation) {
      return fail("changed", "The meeting was placed anew meanwhile");
    }
    return await this.#assign(facts, lease, view, not, message);
  }

  async #live(meeting_ids: string[], message: MessageContext): Promise<string[] | Failure<"unavailable">> {
    if (meeting_ids.length === 0) return [];
    const [placed, view] = await Promise.all([
      message.ask(this.#init.live.leases, "placed", { meeting_ids }),
      this.#roster.view(),
    ]);
    if (!placed.ok || view === undefined) return unavailable();
    const instances = new Set(view.controllers.present.map(({ id, instance_id }) => `${id} ${instance_id}`));
    return placed.value
      .filter(({ controller_id, instance_id }) => instances.has(`${controller_id} ${instance_id}`))
      .map(({ meeting_id }) => meeting_id);
  }

  /** A meeting's lease, and its shard if that is still there; judged by a fresh look when it seems to be gone. */
  async #find(meeting_id: string, message: MessageContext): Promise<Found | Failure<"unavailable">> {
    const [read, view] = await Promise.all([
      message.ask(this.#init.live.leases, "lease", { meeting_id }),
      this.#roster.view(),
    ]);
    if (!read.ok || view === undefined) return unavailable();
    const lease = read.value;
    if (lease === null) return { lease, view, shard: undefined };
    const shard = shardOf(view.controllers.present, lease);
    if (shard !== undefined) return { lease, view, shard };
    const fresh = await this.#freshView();
    if (fresh === undefined) return unavailable();
    const found = shardOf(fresh.controllers.present, lease);
    return found === undefined
      ? { lease, view: fresh, shard: undefined }
      : { lease, view: fresh, shard: found };
  }

  async #assign(
    facts: MeetingFacts,
    lease: Lease | null,
    view: View,
    not: readonly ShardKey[],
    message: MessageContext,
  ): Promise<Placement | Failure<PlaceCode | "changed">> {
    const { meeting_id } = facts.meeting;
    const chosen = await this.#turn(() => this.#choose(meeting_id, lease, view, not));
    if ("code" in chosen) return chosen;
    const { shard, handlers } = chosen;
    const outcome = await message.ask(this.#init.live.leases, "assign", {
      meeting_id,
      facts,
      controller_id: shard.controller.id,
      instance_id: shard.controller.instance_id,
      shard: shard.endpoint.shard,
      handlers: handlers.map(({ id, endpoints }) => ({ id, link_url: endpoints.link_url })),
      expected_generation: lease?.generation ?? 0,
    });
    if (outcome.ok) return placementOf(outcome.value, shard, view);
    const { code, message: why } = outcome.error;
    return code === "changed" || code === "ended" ? fail(code, why) : unavailable();
  }

  /** Counts the choice at once, so that those who choose at the same moment know of it. */
  #choose(
    meetingId: string,
    lease: Lease | null,
    view: View,
    not: readonly ShardKey[],
  ): { shard: Shard; handlers: HandlerEntry[] } | Failure<"no_controller" | "no_handler"> {
    const { random } = this.#context;
    const rankOf = this.#distanceOf;
    const shard = chooseShard(view.controllers.heard, meetingId, {
      rankOf,
      loadOf: (controller) => this.#recent.loadOfController(controller),
      random,
    }, not);
    if (shard === undefined) return fail("no_controller", "No meeting controller is ready");
    const loadOf = (handler: HandlerEntry) => this.#recent.loadOfHandler(handler);
    const handlers = chooseHandlers(view.handlers.heard, { rankOf, loadOf, random }, lease?.handlers);
    if (handlers.length === 0) return fail("no_handler", "No media handler is ready");
    this.#recent.note(shard.controller, handlers);
    return { shard, handlers };
  }

  /** The registration that a client speaks of, if it is its own. */
  async #own({ kind, id, owner }: In<"drain">): Promise<Known | Failure<OwnCode>> {
    const find = (view: View): Known | undefined =>
      (kind === "controller" ? view.controllers : view.handlers).all.find((entry) => entry.id === id);
    const view = await this.#roster.view();
    if (view === undefined) return unavailable();
    const known = find(view);
    if (known !== undefined) return ownedBy(owner, known);
    const fresh = await this.#freshView();
    if (fresh === undefined) return unavailable();
    const found = find(fresh);
    return found === undefined ? fail("unknown", `There is no ${kind} "${id}"`) : ownedBy(owner, found);
  }

  async #registered(
    { id, instance_id }: { id: string; instance_id: string },
    written: Promise<{ ok: true } | { ok: false; error: Failure }>,
  ): Promise<RegistrationAnswer | Failure<"owned_by_another" | "unavailable">> {
    const outcome = await written;
    await this.#turn(() => this.#roster.forget());
    if (!outcome.ok) {
      const { code, message } = outcome.error;
      return code === "owned_by_another" ? fail(code, message) : unavailable();
    }
    const { heartbeatIntervalMs, heartbeatTimeoutMs } = this.#init;
    return {
      id,
      instance_id,
      heartbeat_interval_ms: heartbeatIntervalMs,
      timeout_ms: heartbeatTimeoutMs,
    };
  }

  async #freshView(): Promise<View | undefined> {
    await this.#turn(() => this.#roster.forget());
    return await this.#roster.view();
  }

  #presence(owner: string) {
    return { owner, state: "ready" as const, load: 0, heartbeat_ms: this.#init.now() };
  }

  /** Comes back to this actor's state from work beside the mailbox. */
  #turn<T>(turn: () => T): Promise<T> {
    return this.#context.pipe(Promise.resolve(), turn);
  }
}

type Found =
  | { readonly lease: Lease; readonly shard: Shard; readonly view: View }
  | { readonly lease: Lease | null; readonly shard: undefined; readonly view: View };

function placementOf(
  lease: Lease,
  { controller, endpoint }: Shard,
  { handlers }: View,
): Placement | Failure<"no_handler"> {
  // The routers of all handlers can do the same; the meeting's own are asked first all the same.
  const handler = handlers.present.find(({ id }) => lease.handlers.some((named) => named.id === id)) ??
    handlers.present[0];
  if (handler === undefined) return fail("no_handler", "No media handler is ready");
  const { signaling_url, internal_url } = endpoint;
  return {
    lease,
    owner: controller.owner,
    signaling_url,
    internal_url,
    control_url: controller.endpoints.control_url,
    rtp_capabilities: handler.rtp_capabilities,
  };
}

function unavailable(): Failure<"unavailable"> {
  return fail("unavailable", "The live store doesn't answer");
}

function refusalOf({ code, message }: Failure): Failure<OwnCode> {
  return code === "unknown" || code === "owned_by_another" ? fail(code, message) : unavailable();
}

function ownedBy(owner: string, entry: Known): Known | Failure<"owned_by_another"> {
  return entry.owner === owner ? entry : fail("owned_by_another", "This id was registered by another client");
}
