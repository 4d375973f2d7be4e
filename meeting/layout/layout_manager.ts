import { z } from "zod";
import { type ActorContext, ask, protocol } from "../../shared/actor/mod.ts";
import { type Layout, layout } from "../../shared/protocol/mod.ts";
import { fillSlots, isSettled } from "./fill_slots.ts";
import { newGathering, noteLeft, notePictures, noteSpeaker, type Visible } from "./gathering.ts";
import type { Subscription } from "./subscription.ts";
import type { FilledSlot } from "./tile.ts";

const id = z.string();
const filledSlot = z.object({
  slot: z.number(),
  participantId: id,
  source: z.enum(["camera", "screen"]),
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

/** Owns the layouts of a meeting: for each subscriber, the participant and source in each slot. */
export class LayoutManagerActor {
  static readonly protocol = LayoutManager;
  readonly #gathering = newGathering();
  readonly #subscriptions = new Map<string, Subscription>();

  constructor(_init: void, _context: ActorContext<typeof LayoutManager>) {}

  subscribe({ participantId, layout }: { participantId: string; layout: Layout }): FilledSlot[] {
    const before = this.#subscriptions.get(participantId)?.slots ?? [];
    const slots = fillSlots({ participantId, layout, slots: before }, this.#gathering);
    this.#subscriptions.set(participantId, { participantId, layout, slots });
    return slots;
  }

  show(person: Visible): Changes {
    const hasArrived = notePictures(this.#gathering, person);
    return this.#changes(hasArrived ? person.participantId : null);
  }

  hide({ participantId }: { participantId: string }): Changes {
    noteLeft(this.#gathering, participantId);
    this.#subscriptions.delete(participantId);
    return this.#changes();
  }

  heard({ participantId }: { participantId: string }): Changes {
    noteSpeaker(this.#gathering, participantId);
    return this.#changes(null, (subscription) => isSettled(subscription, this.#gathering));
  }

  /** `isAsItWas` says of a subscription that its slots can't have changed. */
  #changes(
    arrivedId: string | null = null,
    isAsItWas: (subscription: Subscription) => boolean = () => false,
  ): Changes {
    const changed: Changes = [];
    for (const [participantId, subscription] of this.#subscriptions) {
      if (isAsItWas(subscription)) continue;
      const slots = fillSlots(subscription, this.#gathering, arrivedId);
      if (same(slots, subscription.slots)) continue;
      this.#subscriptions.set(participantId, { ...subscription, slots });
      changed.push({ participantId, slots });
    }
    return changed;
  }
}

function same(a: readonly FilledSlot[], b: readonly FilledSlot[]): boolean {
  // A slot that is as it was is the same object.
  return a.length === b.length && a.every((one, index) => one === b[index]);
}
