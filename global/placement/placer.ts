import type { z } from "zod";
import {
  type ActorContext,
  fail,
  type Failure,
  type MessageContext,
  type Protocol,
} from "../../shared/actor/mod.ts";
import {
  isHeldBy,
  isUnopened,
  type Lease,
  type Leases,
  type MeetingFacts,
} from "../../shared/store/live/mod.ts";
import { type Shard, shardOf, shardsOf } from "./choose_controller.ts";
import { Chooser, type Chosen } from "./chooser.ts";
import { isSameFacts } from "./is_same_facts.ts";
import type {
  LeaseHolder,
  MeetingControllerRegistry,
  Offer,
  Placement,
  RegistryInit,
  ShardKey,
} from "./registry_protocol.ts";
import type { Roster, View } from "./roster.ts";
import { type StoreUnavailable, storeUnavailable } from "./store_unavailable.ts";

type Move = z.output<typeof MeetingControllerRegistry.move.input>;
type AddHandler = z.output<typeof MeetingControllerRegistry.addHandler.input>;
type TakeBack = z.output<typeof MeetingControllerRegistry.takeBack.input>;
type Assignment = Omit<z.output<typeof Leases.assign.input>, "term" | "facts">;
type PlaceCode = "no_controller" | "no_handler" | "ended" | "unavailable";

type Given = "live" | "locality" | "offer" | "raiseTerm" | "storedFacts" | "tellFacts";

export interface PlacerOptions extends Pick<RegistryInit, Given> {
  readonly roster: Roster;
  readonly context: Pick<ActorContext<Protocol>, "random">;
  /** Runs something as a turn of the registry actor. */
  readonly turn: <T>(turn: () => T) => Promise<T>;
}

/** The most controllers that are asked to take one meeting. */
const MAX_OFFERS = 3;
/** How long each of them may take to answer. */
const OFFER_MS = 3_000;
/** The same while a meeting is handed over: its controller waits three seconds for all of it, and a second one is to be asked. */
const HAND_OVER_OFFER_MS = 1_200;
/** Somebody else places the same meeting at the same moment; more often than this it is no coincidence. */
const MAX_ATTEMPTS = 5;

/** Where meetings run, and where they are given to. Part of the registry actor. */
export class Placer {
  readonly #options: PlacerOptions;
  readonly #chooser: Chooser;

  constructor(options: PlacerOptions) {
    this.#options = options;
    this.#chooser = new Chooser({ locality: options.locality, random: options.context.random });
  }

  async place(meetingId: string, message: MessageContext): Promise<Placement | Failure<PlaceCode>> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const here = await this.#find(meetingId, message, "present");
      if ("code" in here) return here;
      const there = here.shard === undefined ? undefined : placementOf(here.lease, here.shard, here.view);
      if (there !== undefined && !isToBegin(here)) return there;
      const placed = await this.#assign(meetingId, here.lease, here.view, message);
      if (!("code" in placed)) return placed;
      if (placed.code === "changed") continue;
      // No other controller takes it.
      return placed.code === "ended" || there === undefined ? fail(placed.code, placed.message) : there;
    }
    return fail("unavailable", `Meeting "${meetingId}" is being placed again and again`);
  }

  /** Where no shard has the lease, its instance has left or was replaced: then it runs no meeting any more. */
  async locate(
    meetingId: string,
    message: MessageContext,
  ): Promise<LeaseHolder | null | StoreUnavailable> {
    const here = await this.#find(meetingId, message, "all");
    if ("code" in here) return here;
    if (here.shard !== undefined) return leaseHolderOf(here.lease, here.shard);
    return await this.#lostLease(meetingId, message) ?? null;
  }

  async shard(key: ShardKey): Promise<{ internal_url: string } | null | StoreUnavailable> {
    const view = await this.#options.roster.view();
    if (view === undefined) return storeUnavailable();
    const shard = shardOf(view.controllers.present, key);
    return shard === undefined ? null : { internal_url: shard.endpoint.internal_url };
  }

  async move(
    { meeting_id, generation, not }: Move,
    message: MessageContext,
  ): Promise<Placement | Failure<PlaceCode | "changed">> {
    const [read, view] = await Promise.all([
      message.ask(this.#options.live.leases, "lease", { meeting_id }),
      this.#options.roster.view(),
    ]);
    if (!read.ok || view === undefined) return storeUnavailable();
    const lease = read.value;
    if ((lease?.generation ?? 0) !== generation) {
      return fail("changed", "The meeting was placed anew meanwhile");
    }
    return await this.#assign(meeting_id, lease, view, message, { not });
  }

  async handOver(
    meeting_id: string,
    message: MessageContext,
  ): Promise<Placement | Failure<PlaceCode | "changed">> {
    const here = await this.#find(meeting_id, message, "all");
    if ("code" in here) return here;
    if (here.shard === undefined) return fail("changed", "Nobody runs the meeting any more");
    const { lease, shard: { controller }, view } = here;
    return await this.#assign(meeting_id, lease, view, message, {
      not: shardsOf(controller),
      offerMs: HAND_OVER_OFFER_MS,
    });
  }

  /** Answered in the same way each time: a controller that has waited too long for an answer asks again. */
  async takeBack(
    { meeting_id, owner, shard }: TakeBack,
    message: MessageContext,
  ): Promise<void | Failure<"changed" | "owned_by_another" | "ended" | "unavailable">> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const [read, view] = await Promise.all([
        message.ask(this.#options.live.leases, "lease", { meeting_id }),
        this.#options.roster.view(),
      ]);
      if (!read.ok || view === undefined) return storeUnavailable();
      const there = shardOf(view.controllers.present, shard);
      if (there?.controller.owner !== owner) {
        return fail("owned_by_another", "That shard is not this client's");
      }
      const lease = read.value;
      if (lease !== null && isHeldBy(lease, shard)) return;
      if (lease === null || !isUnopened(lease)) return fail("changed", "Another controller has the meeting");
      const { generation: expected_generation, facts: _, ...rest } = lease;
      const given = await this.#assignTo({ ...rest, ...shard, expected_generation }, there, message);
      if (!("code" in given)) return;
      if (given.code !== "changed") return given;
    }
    return fail("unavailable", `Meeting "${meeting_id}" is being placed again and again`);
  }

  /** A controller that stood still may not know yet that another one has the meeting: it gets none. */
  async addHandler(
    { meeting_id, generation: known = Infinity }: AddHandler,
    message: MessageContext,
  ): Promise<{ handlers: Lease["handlers"] } | Failure<"no_handler" | "changed" | "unavailable">> {
    const here = await this.#find(meeting_id, message, "all");
    if ("code" in here) return here;
    if (here.shard === undefined) return fail("changed", "Nobody runs the meeting any more");
    const { lease: { handlers: before, generation }, view } = here;
    if (generation > known) return fail("changed", "The meeting was placed or opened anew since");
    const chosen = await this.#options.turn(() => this.#chooser.another(before, view));
    if (chosen === undefined) return fail("no_handler", "No other media handler is ready");
    const { handlers } = chosen;
    const written = await message.ask(this.#options.live.leases, "updateHandlers", {
      meeting_id,
      generation,
      handlers,
    });
    if (written.ok) return { handlers };
    return written.error.code === "fenced" ? fail("changed", written.error.message) : storeUnavailable();
  }

  async live(meeting_ids: string[], message: MessageContext): Promise<string[] | StoreUnavailable> {
    if (meeting_ids.length === 0) return [];
    const [placed, view] = await Promise.all([
      message.ask(this.#options.live.leases, "placed", { meeting_ids }),
      this.#options.roster.view(),
    ]);
    if (!placed.ok || view === undefined) return storeUnavailable();
    const instances = new Set(view.controllers.present.map(({ id, instance_id }) => `${id} ${instance_id}`));
    // Whoever has looked into a lobby has had the meeting placed. It runs once somebody has joined.
    return placed.value
      .filter((lease) => !isUnopened(lease) && instances.has(`${lease.controller_id} ${lease.instance_id}`))
      .map(({ meeting_id }) => meeting_id);
  }

  /**
   * A meeting's lease, and its shard if that is still there; judged by a fresh look when it seems to be gone. Among `all`
   * the shard of a controller that is silent counts too: it may run its meetings until they are given to another one.
   */
  async #find(
    meeting_id: string,
    message: MessageContext,
    among: "present" | "all",
  ): Promise<Found | StoreUnavailable> {
    const [read, view] = await Promise.all([
      message.ask(this.#options.live.leases, "lease", { meeting_id }),
      this.#options.roster.view(),
    ]);
    if (!read.ok || view === undefined) return storeUnavailable();
    const lease = read.value;
    if (lease === null) return { lease, view, shard: undefined };
    const shard = shardOf(view.controllers[among], lease);
    if (shard !== undefined) return { lease, view, shard };
    const fresh = await this.#options.roster.freshView();
    if (fresh === undefined) return storeUnavailable();
    const found = shardOf(fresh.controllers[among], lease);
    return found === undefined
      ? { lease, view: fresh, shard: undefined }
      : { lease, view: fresh, shard: found };
  }

  /** Why it can't be said that nobody runs a meeting whose shard is not found; `undefined` where it can. */
  async #lostLease(meetingId: string, message: MessageContext): Promise<StoreUnavailable | undefined> {
    const read = await message.ask(this.#options.live.leases, "epoch", undefined);
    if (!read.ok) return storeUnavailable();
    const { lost_before_ms } = read.value;
    if (lost_before_ms === undefined) return undefined;
    const facts = await this.#options.storedFacts(meetingId);
    if (facts === "ended") return undefined;
    const isNewer = facts !== "unavailable" && Date.parse(facts.meeting.created_at) >= lost_before_ms;
    return isNewer ? undefined : fail("unavailable", "The meeting's controller may still run it");
  }

  async #assign(
    meeting_id: string,
    lease: Lease | null,
    view: View,
    message: MessageContext,
    { not = [], offerMs = OFFER_MS }: { readonly not?: readonly ShardKey[]; readonly offerMs?: number } = {},
  ): Promise<Placement | Failure<PlaceCode | "changed">> {
    const passedOver = [...not];
    for (let offers = 0; offers < MAX_OFFERS; offers++) {
      const chosen = await this.#options.turn(() =>
        this.#chooser.choose(meeting_id, lease, view, passedOver)
      );
      if ("code" in chosen) return chosen;
      const { controller, endpoint } = chosen.shard;
      const offer = { meetingId: meeting_id, internalUrl: endpoint.internal_url };
      const answer = await this.#options.offer(offer, offerMs);
      if (answer === "accepted") return await this.#give(meeting_id, lease, view, chosen, message);
      passedOver.push(...shardsOf(controller));
    }
    return fail("no_controller", `${MAX_OFFERS} meeting controllers don't take the meeting`);
  }

  async #give(
    meeting_id: string,
    lease: Lease | null,
    view: View,
    { shard, handlers }: Chosen,
    message: MessageContext,
  ): Promise<Placement | Failure<PlaceCode | "changed">> {
    const given = await this.#assignTo(
      {
        meeting_id,
        controller_id: shard.controller.id,
        instance_id: shard.controller.instance_id,
        shard: shard.endpoint.shard,
        handlers: handlers.map(({ id, region, endpoints: { link_url } }) => ({ id, link_url, region })),
        expected_generation: lease?.generation ?? 0,
      },
      shard,
      message,
    );
    return "code" in given ? given : placementOf(given, shard, view);
  }

  /** Raises the meeting's term, and writes its lease, with the facts that are stored by then. */
  async #assignTo(
    assignment: Assignment,
    { endpoint }: Shard,
    message: MessageContext,
  ): Promise<Lease | Failure<"changed" | "ended" | "unavailable">> {
    const { meeting_id } = assignment;
    const [term, facts] = await Promise.all([
      this.#options.raiseTerm(meeting_id),
      this.#options.storedFacts(meeting_id),
    ]);
    if (term === "ended" || facts === "ended") {
      return fail("ended", `Cannot place meeting "${meeting_id}": it has ended`);
    }
    if (term === "unavailable" || facts === "unavailable") {
      return fail("unavailable", "The database is away: no meeting can be placed");
    }
    const outcome = await message.ask(this.#options.live.leases, "assign", { ...assignment, facts, term });
    if (outcome.ok) {
      await this.#tellSince({ meetingId: meeting_id, internalUrl: endpoint.internal_url }, facts, message);
      return outcome.value;
    }
    const { code, message: why } = outcome.error;
    if (code === "changed" || code === "ended") return fail(code, why);
    return code === "settling" ? fail("unavailable", why) : storeUnavailable();
  }

  /**
   * A change between the reading of the facts and the writing of the lease found no lease to go into. So the facts are read
   * and told again until two readings are equal.
   */
  async #tellSince(shard: Offer, facts: MeetingFacts, message: MessageContext): Promise<void> {
    let told = facts;
    for (;;) {
      const now = await this.#options.storedFacts(shard.meetingId);
      if (typeof now === "string" || isSameFacts(now, told)) return;
      const updated = { meeting_id: shard.meetingId, facts: now };
      if (!(await message.ask(this.#options.live.leases, "updateFacts", updated)).ok) return;
      await this.#options.tellFacts(shard, now);
      told = now;
    }
  }
}

type Found =
  | { readonly lease: Lease; readonly shard: Shard; readonly view: View }
  | { readonly lease: Lease | null; readonly shard: undefined; readonly view: View };

/** Whether nobody has opened a meeting yet, and its controller drains: it is to begin at another one. */
function isToBegin({ lease, shard }: Found): boolean {
  return shard?.controller.state === "draining" && lease !== null && isUnopened(lease);
}

function leaseHolderOf(
  lease: Lease,
  { controller: { owner }, endpoint: { internal_url } }: Shard,
): LeaseHolder {
  return { lease, owner, internal_url };
}

function placementOf(
  lease: Lease,
  shard: Shard,
  { handlers }: View,
): Placement | Failure<"no_handler"> {
  // The routers of all handlers can do the same; the meeting's own are asked first all the same.
  const handler = handlers.present.find(({ id }) => lease.handlers.some((named) => named.id === id)) ??
    handlers.present[0];
  if (handler === undefined) return fail("no_handler", "No media handler is ready");
  const { controller, endpoint: { signaling_url, internal_url, probe_url = `${internal_url}/health` } } =
    shard;
  return {
    ...leaseHolderOf(lease, shard),
    signaling_url,
    probe_url,
    control_url: controller.endpoints.control_url,
    rtp_capabilities: handler.rtp_capabilities,
  };
}
