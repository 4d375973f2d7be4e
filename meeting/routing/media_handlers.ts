import type { MediaInventory } from "../../shared/protocol/media/inventory.ts";
import { type Adopted, adoptInventory } from "./adopt_inventory.ts";
import { changeStanding } from "./change_standing.ts";
import { releaseWithheld } from "./due_batches.ts";
import { type HandlerSearch, type HandlerState, newStanding } from "./handler_standing.ts";
import { loseHandler } from "./losses.ts";
import { concernAll, concernUnplaced, type MediaState } from "./media_state.ts";
import { moveAway } from "./move_away.ts";
import type { LeasedHandler } from "./open_on_handler.ts";

/** A meeting's handlers as its loops find them. Part of the meeting's media. */
export class MediaHandlers {
  readonly #state: MediaState;
  readonly #now: () => number;

  constructor(state: MediaState, now: () => number) {
    this.#state = state;
    this.#now = now;
  }

  /** The handler of a router. */
  of(routerId: string): string | undefined {
    return this.#state.actual.routers.get(routerId);
  }

  stateOf(handlerId: string): HandlerState | undefined {
    return this.#state.handlers.get(handlerId)?.state;
  }

  setState(handlerId: string, state: HandlerState): void {
    changeStanding(this.#state, handlerId, { state });
  }

  /** Whether every handler has said what another controller's run has left on it. Nobody is placed before. */
  get areAdopted(): boolean {
    return !this.#state.isAdopting;
  }

  /** Places participants from now on, whether or not all handlers have said what they have. */
  endAdoption(): void {
    this.#state.isAdopting = false;
    concernUnplaced(this.#state);
  }

  /** Notes the state of the search for another handler. Participants who wait for a router are computed again. */
  noteSearch(search: HandlerSearch): void {
    this.#state.search = search;
    concernUnplaced(this.#state);
  }

  /** Adds a handler behind those that there are, or in the place of one that it has been. */
  add({ id, region }: LeasedHandler): void {
    this.#state.handlers.set(id, newStanding(region ?? null));
  }

  /** Replaces a handler's part of actual by its inventory. */
  adopt(handlerId: string, inventory: MediaInventory): Adopted {
    return adoptInventory(this.#state, handlerId, inventory, this.#now());
  }

  /** Marks participants as concerned who have media on the handler and aren't in the meeting: it gets closed. */
  concernUnknownParticipants(handlerId: string): void {
    const { actual, present, concerned } = this.#state;
    for (const [participantId, { routerId }] of actual.participants) {
      const isThere = actual.routers.get(routerId) === handlerId;
      if (isThere && !present.has(participantId)) concerned.participants.add(participantId);
    }
  }

  /** The handler takes batches again: what waited for it is concerned. */
  release(handlerId: string): void {
    releaseWithheld(this.#state, handlerId);
  }

  /** Drops a handler's routers from actual. Answers the participants who had media on them. */
  lose(handlerId: string): string[] {
    return loseHandler(this.#state, handlerId, this.#now());
  }

  /** The handler's process is gone. Another one may come at its address. */
  end(handlerId: string): void {
    changeStanding(this.#state, handlerId, { state: "gone", isFull: false, isDraining: false });
  }

  /** The handler of this router is about to end. */
  drain(routerId: string): void {
    const handlerId = this.of(routerId);
    if (handlerId === undefined) return;
    changeStanding(this.#state, handlerId, { isDraining: true });
    concernAll(this.#state);
  }

  /** Has everybody on a handler that is about to end be given transports on another one. */
  moveAway(): void {
    moveAway(this.#state);
  }
}
