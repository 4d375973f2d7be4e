import { type ActorContext, type ActorRef, type Body, type Value, valueOf } from "../../shared/actor/mod.ts";
import type { AskName } from "../../shared/actor/protocol.ts";
import type { Layout, MediaSource } from "../../shared/protocol/mod.ts";
import type { LayoutManager } from "../layout/layout_manager.ts";
import type { FilledSlot } from "../layout/tile.ts";
import type { MediaRouting } from "./media_routing_protocol.ts";
import type { MeetingMedia } from "./meeting_media.ts";

export interface SlotFeedInit {
  readonly context: ActorContext<typeof MediaRouting>;
  readonly layout: ActorRef<typeof LayoutManager>;
  readonly media: MeetingMedia;
}

/** Tells the layout what it needs to know, and puts the slots that it answers into the media. Part of the routing's state. */
export class SlotFeed {
  readonly #init: SlotFeedInit;

  constructor(init: SlotFeedInit) {
    this.#init = init;
  }

  /** A subscriber's slots in this layout. */
  subscribe(participantId: string, layout: Layout): Promise<FilledSlot[]> {
    return this.#ask("subscribe", { participantId, layout });
  }

  /** A participant is there, or their pictures have changed. */
  async show(participantId: string): Promise<void> {
    const producers = this.#init.media.producers.of(participantId);
    // The last one is on the newest transports.
    const idOf = (source: MediaSource) =>
      producers.findLast((one) => one.source === source)?.producerId ?? null;
    const pictures = { cameraProducerId: idOf("camera"), screenProducerId: idOf("screen") };
    this.#take(await this.#ask("show", { participantId, ...pictures }));
  }

  /** A participant has left. Answers the subscribers whose slots changed. */
  async hide(participantId: string): Promise<string[]> {
    return this.#take(await this.#ask("hide", { participantId }));
  }

  /** A participant has become the loudest speaker. */
  async hear(participantId: string): Promise<void> {
    this.#take(await this.#ask("heard", { participantId }));
  }

  #take(changes: Value<typeof LayoutManager, "show">): string[] {
    for (const { participantId, slots } of changes) this.#init.media.setSlots(participantId, slots);
    return changes.map(({ participantId }) => participantId);
  }

  /** Asks on nobody's behalf: a request whose time is up must not leave slots as they were. */
  async #ask<N extends AskName<typeof LayoutManager>>(
    name: N,
    body: Body<typeof LayoutManager, N>,
  ): Promise<Value<typeof LayoutManager, N>> {
    return valueOf(await this.#init.context.ask(this.#init.layout, name, body));
  }
}
