import type { z } from "zod";
import { type ActorContext, fail, type Failure, type MessageContext } from "../../shared/actor/mod.ts";
import type { RegistrationAnswer } from "../../shared/protocol/mod.ts";
import type { Lease, LiveStore, MeetingFacts } from "../../shared/store/live/mod.ts";
import { chooseHandlers, chooseShard, type Shard, shardOf } from "./choose_place.ts";
import { MeetingControllerRegistry, type Placement, type ShardKey } from "./registry_protocol.ts";
import { createRoster, type Roster, type View } from "./roster.ts";

type In<N extends keyof typeof MeetingControllerRegistry> = z.output<
  typeof MeetingControllerRegistry[N]["input"]
>;
type PlaceCode = "no_controller" | "no_handler" | "unavailable";
type OwnCode = "owned_by_another" | "unknown" | "unavailable";

export interface RegistryInit {
  readonly live: Pick<LiveStore, "registrations" | "leases">;
  readonly heartbeatIntervalMs: number;
  /** Silence of this length means gone. */
  readonly heartbeatTimeoutMs: number;
  /** Milliseconds since the Unix epoch, the same for all processes that share the live store. */
  readonly now: () => number;
}

/** Somebody else places the same meeting at the same moment; more often than this it is no coincidence. */
const MAX_ATTEMPTS = 5;

/**
 * Owns what this GC knows of meeting controllers and media handlers, and gives meetings to them. The truth is in the
 * live store, where several GCs write; whoever places a meeting second finds it placed.
 */
export class MeetingControllerRegistryActor {
  static readonly protocol = MeetingControllerRegistry;
  readonly #init: RegistryInit;
  readonly #roster: Roster;

  constructor(init: RegistryInit, context: ActorContext<typeof MeetingControllerRegistry>) {
    this.#init = init;
    this.#roster = createRoster({ ...init, registrations: init.live.registrations, clock: context.clock });
  }

  async registerController(
    { owner, registration }: In<"registerController">,
    message: MessageContext,
  ): Promise<RegistrationAnswer | Failure<"owned_by_another" | "unavailable">> {
    const presence = { owner, state: "ready" as const, load: 0, heartbeat_ms: this.#init.now() };
    const outcome = await message.ask(this.#init.live.registrations, "registerController", {
      ...registration,
      ...presence,
    });
    return this.#registered(registration, outcome);
  }

  async registerHandler(
    { owner, registration }: In<"registerHandler">,
    message: MessageContext,
  ): Promise<RegistrationAnswer | Failure<"owned_by_another" | "unavailable">> {
    const presence = { owner, state: "ready" as const, load: 0, heartbeat_ms: this.#init.now() };
    const outcome = await message.ask(this.#init.live.registrations, "registerHandler", {
      ...registration,
      ...presence,
    });
    return this.#registered(registration, outcome);
  }

  async heartbeat(
    { kind, id, owner, instance_id, state, used }: In<"heartbeat">,
    message: MessageContext,
  ): Promise<{ state: "ready" | "draining" } | Failure<OwnCode>> {
    const known = await this.#own({ kind, id, owner }, message);
    if ("code" in known) return known;
    const load = fullness(used, known.capacity);
    const beat = { kind, id, owner, instance_id, state, load, at_ms: this.#init.now() };
    const outcome = await message.ask(this.#init.live.registrations, "heartbeat", beat);
    if (!outcome.ok) return refusalOf(outcome.error);
    this.#roster.noteHeartbeat(kind, id, { load, state: outcome.value.state, heartbeat_ms: beat.at_ms });
    return outcome.value;
  }

  async drain(body: In<"drain">, message: MessageContext): Promise<void | Failure<OwnCode>> {
    const known = await this.#own(body, message);
    if ("code" in known) return known;
    const outcome = await message.ask(this.#init.live.registrations, "drain", {
      kind: body.kind,
      id: body.id,
    });
    this.#roster.forget();
    if (!outcome.ok) return refusalOf(outcome.error);
  }

  async unregister(body: In<"unregister">, message: MessageContext): Promise<void | Failure<OwnCode>> {
    const known = await this.#own(body, message);
    if ("code" in known) return known;
    const outcome = await message.ask(this.#init.live.registrations, "unregister", body);
    this.#roster.forget();
    if (!outcome.ok) return refusalOf(outcome.error);
  }

  async place({ facts }: In<"place">, message: MessageContext): Promise<Placement | Failure<PlaceCode>> {
    const meeting_id = facts.meeting.meeting_id;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const here = await this.#whereIs(meeting_id, message);
      if ("code" in here) return here;
      if (here.shard !== undefined) return this.#placement(here.lease, here.shard, here.view);
      const placed = await this.#assign(facts, here.lease, here.view, [], message);
      if (!("code" in placed)) return placed;
      if (placed.code !== "changed") return fail(placed.code, placed.message);
    }
    return fail("unavailable", `Meeting "${meeting_id}" is being placed again and again`);
  }

  async locate(
    { meeting_id }: In<"locate">,
    message: MessageContext,
  ): Promise<Placement | null | Failure<"unavailable">> {
    const here = await this.#whereIs(meeting_id, message);
    if ("code" in here) return here;
    if (here.shard === undefined) return null;
    const placement = this.#placement(here.lease, here.shard, here.view);
    return "code" in placement ? null : placement;
  }

  async move(
    { facts, generation, not }: In<"move">,
    message: MessageContext,
  ): Promise<Placement | Failure<PlaceCode | "changed">> {
    const outcome = await message.ask(this.#init.live.leases, "lease", {
      meeting_id: facts.meeting.meeting_id,
    });
    const view = await this.#roster.view(message);
    if (!outcome.ok || view === undefined) return unavailable();
    const lease = outcome.value;
    if ((lease?.generation ?? 0) !== generation) {
      return fail("changed", "The meeting was placed anew meanwhile");
    }
    return await this.#assign(facts, lease, view, not, message);
  }

  async live(
    { meeting_ids }: In<"live">,
    message: MessageContext,
  ): Promise<string[] | Failure<"unavailable">> {
    if (meeting_ids.length === 0) return [];
    const placed = await message.ask(this.#init.live.leases, "placed", { meeting_ids });
    const view = await this.#roster.view(message);
    if (!placed.ok || view === undefined) return unavailable();
    return placed.value
      .filter((lease) =>
        view.controllers.some((c) => c.id === lease.controller_id && c.instance_id === lease.instance_id)
      )
      .map(({ meeting_id }) => meeting_id);
  }

  async census(_: void, message: MessageContext) {
    const view = await this.#roster.view(message);
    return view === undefined ? unavailable() : view.census;
  }

  /** A meeting's lease, and its shard if that is still there; judged by a fresh look when it seems to be gone. */
  async #whereIs(meeting_id: string, message: MessageContext): Promise<Here | Failure<"unavailable">> {
    const outcome = await message.ask(this.#init.live.leases, "lease", { meeting_id });
    const view = await this.#roster.view(message);
    if (!outcome.ok || view === undefined) return unavailable();
    const lease = outcome.value;
    if (lease === null) return { lease, view, shard: undefined };
    const shard = shardOf(view.controllers, lease);
    if (shard !== undefined) return { lease, view, shard };
    this.#roster.forget();
    const fresh = await this.#roster.view(message);
    if (fresh === undefined) return unavailable();
    const found = shardOf(fresh.controllers, lease);
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
    const shard = chooseShard(view.controllers, meeting_id, (c) => this.#roster.loadOf(c), not);
    if (shard === undefined) return fail("no_controller", "No meeting controller is ready");
    const handlers = chooseHandlers(view.handlers, lease?.handlers);
    if (handlers.length === 0) return fail("no_handler", "No media handler is ready");
    const outcome = await message.ask(this.#init.live.leases, "assign", {
      meeting_id,
      facts,
      controller_id: shard.controller.id,
      instance_id: shard.controller.instance_id,
      shard: shard.endpoint.shard,
      handlers,
      expected_generation: lease?.generation ?? 0,
    });
    if (!outcome.ok) {
      return outcome.error.code === "changed" ? fail("changed", outcome.error.message) : unavailable();
    }
    this.#roster.notePlacement(shard.controller);
    return this.#placement(outcome.value, shard, view);
  }

  #placement(lease: Lease, { controller, endpoint }: Shard, view: View): Placement | Failure<"no_handler"> {
    // The routers of all handlers can do the same; the meeting's own are asked first all the same.
    const handler = view.handlers.find(({ id }) => lease.handlers.some((named) => named.id === id)) ??
      view.handlers[0];
    if (handler === undefined) return fail("no_handler", "No media handler is ready");
    const { signaling_url, internal_url } = endpoint;
    return {
      lease,
      owner: controller.owner,
      signaling_url,
      internal_url,
      rtp_capabilities: handler.rtp_capabilities,
    };
  }

  /** The registration that a client speaks of, if it is its own. */
  async #own(
    { kind, id, owner }: In<"drain">,
    message: MessageContext,
  ): Promise<{ readonly capacity: Readonly<Record<string, number>> } | Failure<OwnCode>> {
    const find = async () => {
      const view = await this.#roster.view(message);
      if (view === undefined) return unavailable();
      const all = kind === "controller" ? view.allControllers : view.allHandlers;
      return all.find((entry) => entry.id === id);
    };
    const known = await find();
    if (known !== undefined) return ownedBy(owner, known);
    this.#roster.forget();
    const fresh = await find();
    return fresh === undefined ? fail("unknown", `There is no ${kind} "${id}"`) : ownedBy(owner, fresh);
  }

  #registered(
    { id, instance_id }: { id: string; instance_id: string },
    outcome: { ok: true } | { ok: false; error: Failure },
  ): RegistrationAnswer | Failure<"owned_by_another" | "unavailable"> {
    this.#roster.forget();
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
}

type Here =
  | { readonly lease: Lease; readonly shard: Shard; readonly view: View }
  | { readonly lease: Lease | null; readonly shard: undefined; readonly view: View };

function unavailable(): Failure<"unavailable"> {
  return fail("unavailable", "The live store doesn't answer");
}

function refusalOf({ code, message }: Failure): Failure<OwnCode> {
  return code === "unknown" || code === "owned_by_another" ? fail(code, message) : unavailable();
}

function ownedBy<T extends { readonly owner: string }>(owner: string, entry: T | Failure<"unavailable">) {
  if ("code" in entry) return entry;
  return entry.owner === owner
    ? entry
    : fail("owned_by_another" as const, "This id was registered by another client");
}

/** How full something is, 0 and up, by whatever of it is the fullest. */
function fullness(
  used: Readonly<Record<string, number>>,
  capacity: Readonly<Record<string, number>>,
): number {
  const parts = Object.entries(capacity).flatMap(([name, most]) => {
    const now = used[name];
    if (now === undefined || now === 0) return [];
    return [most > 0 ? now / most : Number.MAX_SAFE_INTEGER];
  });
  return Math.max(0, ...parts);
}
