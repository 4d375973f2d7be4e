import { z } from "zod";
import { type ActorContext, ask, protocol } from "../../shared/actor/mod.ts";
import { type Layout, layout, mediaSource } from "../../shared/protocol/mod.ts";
import { type FilledSlot, fillSlots, type Visible } from "./grid.ts";

const id = z.string();
const filledSlot = z.object({
  slot: z.number(),
  participantId: id,
  source: mediaSource,
  producerId: id.nullable(),
});
const visible = z.object({
  participantId: id,
  cameraProducerId: id.nullable(),
  screenProducerId: id.nullable(),
});
const changes = z.array(z.object({ participantId: id, slots: z.array(filledSlot) }));

export const LayoutManager = protocol({
  /** Sets a subscriber's layout, and answers its slots. Later answers list the subscriber when its slots change. */
  subscribe: ask(z.object({ participantId: id, layout }), z.array(filledSlot)),
  /** A participant came, or switched a camera or screen on or off. Answers the subscribers whose slots changed. */
  show: ask(visible, changes),
  /** A participant left. Answers the subscribers whose slots changed. */
  hide: ask(z.object({ participantId: id }), changes),
  /** A participant became the loudest speaker. Answers the subscribers whose slots changed. */
  heard: ask(z.object({ participantId: id }), changes),
});

type Changes = z.infer<typeof changes>;

interface Subscription {
  readonly layout: Layout;
  slots: FilledSlot[];
}

/** How many recent speakers a speaker layout prefers. */
const rememberedSpeakers = 20;

/** Owns the layouts of a meeting: for each subscriber, the participant and source in each slot. */
export class LayoutManagerActor {
  static readonly protocol = LayoutManager;
  readonly #people = new Map<string, Visible>();
  readonly #subscriptions = new Map<string, Subscription>();
  #spoke: string[] = [];

  constructor(_init: void, _context: ActorContext<typeof LayoutManager>) {}

  subscribe({ participantId, layout }: { participantId: string; layout: Layout }): FilledSlot[] {
    const slots = this.#fillSlots(participantId, layout);
    this.#subscriptions.set(participantId, { layout, slots });
    return slots;
  }

  show(person: Visible): Changes {
    this.#people.set(person.participantId, person);
    return this.#changes();
  }

  hide({ participantId }: { participantId: string }): Changes {
    this.#people.delete(participantId);
    this.#subscriptions.delete(participantId);
    this.#spoke = this.#spoke.filter((one) => one !== participantId);
    return this.#changes();
  }

  heard({ participantId }: { participantId: string }): Changes {
    const others = this.#spoke.filter((one) => one !== participantId);
    this.#spoke = [participantId, ...others].slice(0, rememberedSpeakers);
    return this.#changes();
  }

  #fillSlots(participantId: string, layout: Layout): FilledSlot[] {
    return fillSlots(layout, participantId, [...this.#people.values()], this.#spoke);
  }

  #changes(): Changes {
    const changed: Changes = [];
    for (const [participantId, subscription] of this.#subscriptions) {
      const slots = this.#fillSlots(participantId, subscription.layout);
      if (same(slots, subscription.slots)) continue;
      subscription.slots = slots;
      changed.push({ participantId, slots });
    }
    return changed;
  }
}

function same(a: readonly FilledSlot[], b: readonly FilledSlot[]): boolean {
  return a.length === b.length && a.every((one, i) => {
    const other = b[i];
    return other !== undefined && one.participantId === other.participantId && one.source === other.source &&
      one.producerId === other.producerId;
  });
}
