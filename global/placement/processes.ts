import type { z } from "zod";
import {
  type ActorContext,
  fail,
  type Failure,
  type MessageContext,
  type Protocol,
} from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import type { HeartbeatAnswer, RegistrationAnswer } from "../../shared/protocol/mod.ts";
import type { ControllerEntry, HandlerEntry } from "../../shared/store/live/mod.ts";
import { fullness } from "./fullness.ts";
import type { MeetingControllerRegistry, RegistryInit } from "./registry_protocol.ts";
import type { Present, Roster, View } from "./roster.ts";
import { type StoreUnavailable, storeUnavailable } from "./store_unavailable.ts";

type In<N extends keyof typeof MeetingControllerRegistry> = z.output<
  typeof MeetingControllerRegistry[N]["input"]
>;
type Known = ControllerEntry | HandlerEntry;
type Kind = "controller" | "handler";
type OwnCode = "owned_by_another" | "unknown" | "unavailable";
type Written = { readonly ok: true } | { readonly ok: false; readonly error: Failure };

export interface ProcessesOptions extends Omit<RegistryInit, "locality"> {
  readonly roster: Roster;
  readonly context: Pick<ActorContext<Protocol>, "ask">;
  /** Runs something as a turn of the registry actor. */
  readonly turn: <T>(turn: () => T) => Promise<T>;
}

const log = logger("registry");
/** A registration is kept for so long without heartbeats: an operator may want to know who is missing. */
const KEEP_DEAD_MS = 7 * 24 * 3_600_000;
/**
 * A process that died may come back under another client, whose predecessor was deleted. After so long without heartbeats
 * its id is free. A stolen client gains nothing by it: the dead one's meetings have moved, and any new id is as good.
 */
const ABANDONED_MS = 5 * 60_000;

/** How controllers and handlers register, report, drain and leave. Part of the registry actor. */
export class Processes {
  readonly #options: ProcessesOptions;

  constructor(options: ProcessesOptions) {
    this.#options = options;
  }

  registerController({ owner, registration }: In<"registerController">, message: MessageContext) {
    const entry = { ...registration, ...this.#presence(owner) };
    const { registrations } = this.#options.live;
    return this.#register(
      "controller",
      registration,
      message,
      () => message.ask(registrations, "registerController", entry),
    );
  }

  registerHandler({ owner, registration }: In<"registerHandler">, message: MessageContext) {
    const entry = { ...registration, ...this.#presence(owner) };
    const { registrations } = this.#options.live;
    return this.#register(
      "handler",
      registration,
      message,
      () => message.ask(registrations, "registerHandler", entry),
    );
  }

  async heartbeat(
    body: In<"heartbeat">,
    message: MessageContext,
  ): Promise<HeartbeatAnswer | Failure<OwnCode>> {
    const { kind, id, owner, instance_id, state, used } = body;
    // One write and no read, for a process that this GC has seen before.
    const seen = this.#options.roster.find(kind, id);
    const isSame = seen?.owner === owner && seen.instance_id === instance_id;
    const known = isSame ? seen : await this.#own(body);
    if ("code" in known) return known;
    const load = fullness(used, known.capacity);
    const beat = { kind, id, owner, instance_id, state, load, at_ms: this.#options.now() };
    const written = await message.ask(this.#options.live.registrations, "heartbeat", beat);
    return await this.#options.turn(() => {
      if (written.ok) {
        const { state } = written.value;
        this.#options.roster.noteStore(true);
        this.#options.roster.noteHeartbeat(kind, id, { load, state, heartbeat_ms: beat.at_ms });
        return { state };
      }
      this.#options.roster.forget();
      const refusal = refusalOf(written.error);
      if (refusal.code === "unavailable") this.#options.roster.noteStore(false);
      return refusal;
    });
  }

  drain(body: In<"drain">, message: MessageContext): Promise<void | Failure<OwnCode>> {
    const { kind, id } = body;
    const { registrations } = this.#options.live;
    return this.#changeOwn(body, () => message.ask(registrations, "drain", { kind, id }));
  }

  unregister(body: In<"unregister">, message: MessageContext): Promise<void | Failure<OwnCode>> {
    const { registrations } = this.#options.live;
    return this.#changeOwn(body, () => message.ask(registrations, "unregister", body));
  }

  /**
   * Deletes the registrations of processes that are long gone: machines come and go, each with an id of its own. One that
   * lives in spite of that registers anew at its next heartbeat.
   */
  async forgetDead({ controllers, handlers }: View): Promise<void> {
    const { context, live, now } = this.#options;
    const unheard_since_ms = now() - KEEP_DEAD_MS;
    const deadOf = <T extends Known>(kind: Kind, { all, present }: Present<T>) =>
      all.filter((one) => !present.includes(one) && one.heartbeat_ms < unheard_since_ms)
        .map(({ id, instance_id, owner }) => ({ kind, id, instance_id, owner, unheard_since_ms }));
    const dead = [...deadOf("controller", controllers), ...deadOf("handler", handlers)];
    await Promise.all(dead.map((one) => context.ask(live.registrations, "unregister", one)));
  }

  async #changeOwn(
    process: In<"drain">,
    change: () => Promise<Written>,
  ): Promise<void | Failure<OwnCode>> {
    const known = await this.#own(process);
    if ("code" in known) return known;
    const outcome = await change();
    return await this.#options.turn(() => {
      this.#options.roster.forget();
      if (!outcome.ok) return refusalOf(outcome.error);
    });
  }

  /** The registration that a client speaks of, if it is its own. */
  async #own({ kind, id, owner }: In<"drain">): Promise<Known | Failure<OwnCode>> {
    const find = (view: View): Known | undefined =>
      (kind === "controller" ? view.controllers : view.handlers).all.find((entry) => entry.id === id);
    const view = await this.#options.roster.view();
    if (view === undefined) return storeUnavailable();
    const known = find(view);
    if (known !== undefined) return ownedBy(owner, known);
    const fresh = await this.#options.roster.freshView();
    if (fresh === undefined) return storeUnavailable();
    const found = find(fresh);
    return found === undefined ? fail("unknown", `There is no ${kind} "${id}"`) : ownedBy(owner, found);
  }

  async #register(
    kind: Kind,
    { id, instance_id }: { id: string; instance_id: string },
    message: MessageContext,
    write: () => Promise<Written>,
  ): Promise<RegistrationAnswer | Failure<"owned_by_another" | "replaced"> | StoreUnavailable> {
    let outcome = await write();
    const isOwned = !outcome.ok && outcome.error.code === "owned_by_another";
    if (isOwned && await this.#freesAbandoned(kind, id, message)) outcome = await write();
    await this.#options.turn(() => this.#options.roster.forget());
    if (!outcome.ok) {
      const { code, message } = outcome.error;
      return code === "owned_by_another" || code === "replaced" ? fail(code, message) : storeUnavailable();
    }
    const { heartbeatIntervalMs, heartbeatTimeoutMs } = this.#options;
    return {
      id,
      instance_id,
      heartbeat_interval_ms: heartbeatIntervalMs,
      timeout_ms: heartbeatTimeoutMs,
    };
  }

  /** Removes the entry of a process that was silent for long; answers whether it has. */
  async #freesAbandoned(kind: Kind, id: string, message: MessageContext): Promise<boolean> {
    const { live: { registrations }, roster, now } = this.#options;
    const view = await roster.freshView();
    if (view === undefined) return false;
    const { all, present }: Present<Known> = kind === "controller" ? view.controllers : view.handlers;
    const known = all.find((one) => one.id === id);
    const unheard_since_ms = now() - ABANDONED_MS;
    if (known === undefined || present.includes(known) || known.heartbeat_ms >= unheard_since_ms) {
      return false;
    }
    const { owner, instance_id: before } = known;
    const abandoned = { kind, id, owner, instance_id: before, unheard_since_ms };
    const removed = await message.ask(registrations, "unregister", abandoned);
    if (removed.ok) log.warn("another client takes the id of a silent process", { kind, id });
    return removed.ok;
  }

  #presence(owner: string) {
    return { owner, state: "ready" as const, load: 0, heartbeat_ms: this.#options.now() };
  }
}

function refusalOf({ code, message }: Failure): Failure<OwnCode> {
  return code === "unknown" || code === "owned_by_another" ? fail(code, message) : storeUnavailable();
}

function ownedBy(owner: string, entry: Known): Known | Failure<"owned_by_another"> {
  return entry.owner === owner ? entry : fail("owned_by_another", "This id was registered by another client");
}
