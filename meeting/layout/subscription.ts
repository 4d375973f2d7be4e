import type { Layout } from "../../shared/protocol/mod.ts";
import type { Gathering } from "./gathering.ts";
import { cameraOf, type FilledSlot, screenOf, type Tile } from "./tile.ts";

/** A subscriber with their layout, and the slots as they were filled last. */
export interface Subscription {
  readonly participantId: string;
  readonly layout: Layout;
  readonly slots: readonly FilledSlot[];
}

/** The tiles that a layout must show. The others fill what is left, and stay where they are. */
export interface Plan {
  /** The tiles of the first slots, in order. */
  readonly leading: readonly Tile[];
  /** Tiles that have a slot, whichever. */
  readonly kept: readonly Tile[];
}

/** Whether a layout may show a participant. */
export function mayShow({ participantId, layout }: Subscription, other: string): boolean {
  return layout.include_self === true || other !== participantId;
}

/** The shared screens, the first one first. As many as there are slots. */
export function screensFor(subscription: Subscription, { screens }: Gathering): Tile[] {
  const tiles: Tile[] = [];
  for (const id of screens) {
    if (tiles.length === subscription.layout.slots) break;
    if (mayShow(subscription, id)) tiles.push(screenOf(id));
  }
  return tiles;
}

/** The cameras of the participants that the subscriber has pinned. */
export function pinsFor(subscription: Subscription, { people }: Gathering): Tile[] {
  return [...new Set(subscription.layout.pinned)]
    .filter((id) => people.has(id) && mayShow(subscription, id))
    .map(cameraOf);
}

/** The camera of the last speaker whom the layout may show. */
export function speakerFor(subscription: Subscription, { people, spoke }: Gathering): Tile | undefined {
  const last = spoke.find((id) => people.has(id) && mayShow(subscription, id));
  return last === undefined ? undefined : cameraOf(last);
}
