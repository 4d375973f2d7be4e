import type { z } from "zod";
import { type ActorContext, later, type MessageContext } from "../../shared/actor/mod.ts";
import { censusOf } from "./census.ts";
import { Placer } from "./placer.ts";
import { Processes } from "./processes.ts";
import { MeetingControllerRegistry, type RegistryInit } from "./registry_protocol.ts";
import { Roster } from "./roster.ts";
import { LOOK_MS, Silence, STORE_LOOK_MS } from "./silence.ts";
import { storeUnavailable } from "./store_unavailable.ts";

type In<N extends keyof typeof MeetingControllerRegistry> = z.output<
  typeof MeetingControllerRegistry[N]["input"]
>;

/**
 * Owns what this GC knows of meeting controllers and media handlers, and gives meetings to them. The truth is in the
 * live store, where several GCs write; whoever places a meeting second finds it placed. No message waits here for the
 * live store: its work goes on beside the mailbox, and comes back to the actor's state in turns of its own.
 */
export class MeetingControllerRegistryActor {
  static readonly protocol = MeetingControllerRegistry;
  readonly #context: ActorContext<typeof MeetingControllerRegistry>;
  readonly #silence: Silence;
  readonly #roster: Roster;
  readonly #processes: Processes;
  readonly #placer: Placer;

  constructor(init: RegistryInit, context: ActorContext<typeof MeetingControllerRegistry>) {
    this.#context = context;
    this.#silence = new Silence({ timeoutMs: init.heartbeatTimeoutMs, now: init.now });
    const roster = new Roster({ registrations: init.live.registrations, silence: this.#silence, context });
    const turn = <T>(turn: () => T) => context.pipe(Promise.resolve(), turn);
    this.#roster = roster;
    this.#processes = new Processes({ ...init, roster, turn, context });
    this.#placer = new Placer({ ...init, roster, turn, context });
  }

  onStart(): void {
    this.#context.every(LOOK_MS, () => this.#silence.look());
    // Heartbeats and requests may all go to other GCs: an outage of the live store is noticed all the same.
    this.#context.every(STORE_LOOK_MS, () => void this.#look());
  }

  async #look(): Promise<void> {
    const view = await this.#roster.view();
    if (view !== undefined) await this.#processes.forgetDead(view);
  }

  registerController(body: In<"registerController">, message: MessageContext) {
    return later(this.#processes.registerController(body, message));
  }

  registerHandler(body: In<"registerHandler">, message: MessageContext) {
    return later(this.#processes.registerHandler(body, message));
  }

  heartbeat(body: In<"heartbeat">, message: MessageContext) {
    return later(this.#processes.heartbeat(body, message));
  }

  drain(body: In<"drain">, message: MessageContext) {
    return later(this.#processes.drain(body, message));
  }

  unregister(body: In<"unregister">, message: MessageContext) {
    return later(this.#processes.unregister(body, message));
  }

  place({ meeting_id }: In<"place">, message: MessageContext) {
    return later(this.#placer.place(meeting_id, message));
  }

  locate({ meeting_id }: In<"locate">, message: MessageContext) {
    return later(this.#placer.locate(meeting_id, message));
  }

  shard({ shard }: In<"shard">) {
    return later(this.#placer.shard(shard));
  }

  move(body: In<"move">, message: MessageContext) {
    return later(this.#placer.move(body, message));
  }

  handOver({ meeting_id }: In<"handOver">, message: MessageContext) {
    return later(this.#placer.handOver(meeting_id, message));
  }

  takeBack(body: In<"takeBack">, message: MessageContext) {
    return later(this.#placer.takeBack(body, message));
  }

  addHandler(body: In<"addHandler">, message: MessageContext) {
    return later(this.#placer.addHandler(body, message));
  }

  live({ meeting_ids }: In<"live">, message: MessageContext) {
    return later(this.#placer.live(meeting_ids, message));
  }

  census() {
    return later(
      this.#roster.view().then((view) => view === undefined ? storeUnavailable() : censusOf(view)),
    );
  }
}
