import type { ActorContext, ActorRef, Body, Value } from "../../shared/actor/mod.ts";
import { fail, Failure } from "../../shared/actor/mod.ts";
import { RoutingTable } from "../../shared/protocol/media_link.ts";
import type { Lease } from "../../shared/store/live/mod.ts";
import type { MediaRouting } from "./media_routing_protocol.ts";
import type { MeetingController } from "../shard/meeting_controller.ts";
import type { MeetingState } from "../state/meeting_state_protocol.ts";

type Refusal = Failure<"not_found" | "rejected" | "unavailable">;
type HandlerContext = Pick<ActorContext<typeof MediaRouting>, "ask" | "self" | "watch">;
type Message = keyof typeof RoutingTable & string;

export interface HandlerClientInit {
  readonly lease: Lease;
  readonly meeting: ActorRef<typeof MeetingState>;
  readonly controller: ActorRef<typeof MeetingController>;
}

/**
 * The routing actor's hand on the meeting's media handler: finds one that answers, the preferred one first, opens the
 * meeting there, and turns what can go wrong on the way into refusals.
 */
export class HandlerClient {
  readonly #init: HandlerClientInit;
  readonly #context: HandlerContext;
  readonly #onLost: (reason: string) => void;
  #routing: Promise<ActorRef<typeof RoutingTable> | null> | null = null;

  /** `onLost` is told when the handler that has the meeting can't be reached any more. */
  constructor(init: HandlerClientInit, context: HandlerContext, onLost: (reason: string) => void) {
    this.#init = init;
    this.#context = context;
    this.#onLost = onLost;
  }

  /** Has the meeting opened on a handler; false when none can be reached. The next call tries again. */
  async open(): Promise<boolean> {
    const opening = this.#routing ??= this.#find();
    const routing = await opening;
    if (routing === null && this.#routing === opening) this.#routing = null;
    return routing !== null;
  }

  /** The meeting is over: the handler frees what it has of it. */
  async end(): Promise<void> {
    const { lease, controller } = this.#init;
    const { meeting_id, generation } = lease;
    if (this.#routing === null) return;
    await this.ask("close", { meeting_id, generation });
    for (const { link_url } of lease.handlers) {
      const link = await this.#context.ask(controller, "handlerLink", { url: link_url });
      if (link.ok) link.value.tell("forget", { meetingId: meeting_id });
    }
  }

  /** The handler lost the meeting: the next call opens it anew. */
  reset(): void {
    this.#routing = null;
  }

  async ask<N extends Message>(
    name: N,
    body: Body<typeof RoutingTable, N>,
  ): Promise<Value<typeof RoutingTable, N> | Refusal> {
    if (!(await this.open())) return fail("unavailable", "No media handler can be reached at the moment.");
    const routing = await this.#routing;
    if (routing === null) return fail("unavailable", "The media handler was lost.");
    const result = await this.#context.ask(routing, name, body);
    return result.ok ? result.value : this.#refusal(result.error);
  }

  #refusal({ code, message }: Failure): Refusal {
    if (code === "stale_generation") this.#init.meeting.tell("fenced", undefined);
    return code === "not_found" || code === "rejected" ? fail(code, message) : fail("unavailable", message);
  }

  async #find(): Promise<ActorRef<typeof RoutingTable> | null> {
    const { lease, controller } = this.#init;
    const fence = { meeting_id: lease.meeting_id, generation: lease.generation };
    for (const { link_url } of lease.handlers) {
      const link = await this.#context.ask(controller, "handlerLink", { url: link_url });
      if (!link.ok) continue;
      const routing = await this.#context.ask(link.value, "routing", {
        meetingId: lease.meeting_id,
        meeting: this.#context.self,
      });
      if (!routing.ok) continue;
      const opened = await this.#context.ask(routing.value, "open", fence);
      if (opened.ok) {
        const opening = this.#routing;
        this.#context.watch(routing.value, () => {
          if (this.#routing === opening) this.#onLost("the link to the media handler went down");
        });
        return routing.value;
      }
      this.#refusal(opened.error);
    }
    return null;
  }
}
