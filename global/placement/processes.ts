import type { z } from "zod";
import {
  type ActorContext,
  fail,
  type Failure,
  type MessageContext,
  type Protocol,
} from "../../shared/actor/mod.ts";
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
type OwnCode = "owned_by_another" | "unknown" | "unavailable";
type Written = { readonly ok: true } | { readonly ok: false; readonly error: Failure };

export interface ProcessesOptions extends Omit<RegistryInit, "locality"> {
  readonly roster: Roster;
  readonly context: Pick<ActorContext<Protocol>, "ask">;
  /** Runs something as a turn of the registry actor. */
  readonly turn: <T>(turn: () => T) => Promise<T>;
}

/** A registration is kept for so long without heartbeats: an operator may want to know who is missing. */
const KEEP_DEAD_MS = 7 * 24 * 3_600_000;

/** How controllers and handlers register, report, drain and leave. Part of the registry actor. */
export class Processes {
  readonly #options: ProcessesOptions;

  constructor(options: ProcessesOptions) {
    this.#options = options;
  }

  registerController({ owner, registration }: In<"registerController">, message: MessageContext) {
    const entry = { ...registration, ...this.#presence(owner) };
    const written = message.ask(this.#options.live.registrations, "registerController", entry);
    return this.#registered(registration, written);
  }

  registerHandler({ owner, registration }: In<"registerHandler">, message: MessageContext) {
    const entry = { ...registration, ...this.#presence(owner) };
    const written = message.ask(this.#options.live.registrations, "registerHandler", entry);
    return this.#registered(registration, written);
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
    const deadOf = <T extends Known>(kind: "controller" | "handler", { all, present }: Present<T>) =>
      all.filter((one) => !present.includes(one) && now() - one.heartbeat_ms > KEEP_DEAD_MS)
        .map(({ id, instance_id, owner }) => ({ kind, id, instance_id, owner }));
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

  async #registered(
    { id, instance_id }: { id: string; instance_id: string },
    written: Promise<Written>,
  ): Promise<RegistrationAnswer | Failure<"owned_by_another" | "replaced"> | StoreUnavailable> {
    const outcome = await written;
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
