import type { Layout } from "../../shared/protocol/mod.ts";
import type { Gathering } from "./gathering.ts";
import { planGrid } from "./grid.ts";
import { planPinned } from "./pinned.ts";
import { planSpeaker } from "./speaker.ts";
import { mayShow, type Plan, type Subscription } from "./subscription.ts";
import { cameraOf, type FilledSlot, producerOf, type Tile } from "./tile.ts";

type Planner = (subscription: Subscription, gathering: Gathering) => Plan;

const planners: Readonly<Record<Layout["mode"], Planner>> = {
  grid: planGrid,
  speaker: planSpeaker,
  pinned: planPinned,
};

/**
 * Fills a subscriber's slots anew. A tile that has a slot stays in it, unless a leading tile takes the slot, or a tile
 * that must be shown finds none free. `arrivedId` is a participant who has switched their camera on: where no slot is
 * free, they take that of a tile without a picture. An empty slot stays empty while nobody is left to fill it.
 *
 * Reads a part of the gathering that is linear in the number of slots, and answers the filled slots in order.
 */
export function fillSlots(
  subscription: Subscription,
  gathering: Gathering,
  arrivedId: string | null = null,
): FilledSlot[] {
  const { layout, slots: before } = subscription;
  const board = new Board(layout.slots);
  if (layout.slots === 0) return [];
  const { leading, kept } = planners[layout.mode](subscription, gathering);
  for (const [slot, tile] of leading.slice(0, layout.slots).entries()) board.put(slot, tile);
  const displaced: Tile[] = [];
  for (const tile of before) {
    const isThere = producerOf(gathering, tile) !== undefined && mayShow(subscription, tile.participantId);
    if (!isThere || board.shows(tile)) continue;
    if (!board.put(tile.slot, tile)) displaced.push(tile);
  }
  for (const tile of [...kept, ...displaced]) board.putAnywhere(tile);
  for (const list of [gathering.withPicture, gathering.withoutPicture]) {
    if (board.isFull) break;
    for (const id of list) {
      if (mayShow(subscription, id)) board.putAnywhere(cameraOf(id));
      if (board.isFull) break;
    }
  }
  const arrived = arrivedId !== null && mayShow(subscription, arrivedId) ? [cameraOf(arrivedId)] : [];
  const isHidden = (tile: Tile) => !board.shows(tile);
  if (kept.some(isHidden) || displaced.some(isHidden) || arrived.some(isHidden)) {
    giveWay(board, gathering, { leading, kept }, [...displaced, ...arrived]);
  }
  return filled(board, gathering, before);
}

/** The filled slots in order. One that is as it was before is the same object. */
function filled(board: Board, gathering: Gathering, before: readonly FilledSlot[]): FilledSlot[] {
  const slots: FilledSlot[] = [];
  let place = 0;
  for (const { slot, tile } of board.tiles()) {
    while (place < before.length && (before[place]?.slot ?? 0) < slot) place++;
    const was = before[place];
    const producerId = producerOf(gathering, tile) ?? null;
    const isSame = was?.slot === slot && was.participantId === tile.participantId &&
      was.source === tile.source && was.producerId === producerId;
    slots.push(
      isSame ? was : { participantId: tile.participantId, source: tile.source, slot, producerId },
    );
  }
  return slots;
}

/**
 * Whether a change of speaker alone moves none of a subscriber's tiles: those that lead are in the first slots, and those
 * that must be shown are.
 */
export function isSettled(subscription: Subscription, gathering: Gathering): boolean {
  const { layout, slots } = subscription;
  if (layout.slots === 0) return true;
  const { leading, kept } = planners[layout.mode](subscription, gathering);
  const isTile = (slot: FilledSlot | undefined, { participantId, source }: Tile) =>
    slot?.participantId === participantId && slot.source === source;
  return leading.slice(0, layout.slots).every((tile, index) => isTile(slots[index], tile)) &&
    kept.every((tile) => slots.some((slot) => isTile(slot, tile)));
}

/** Shows the kept tiles in place of others, and then those of `hopeful` with a picture in place of tiles without one. */
function giveWay(board: Board, gathering: Gathering, plan: Plan, hopeful: readonly Tile[]): void {
  for (const tile of plan.kept) {
    if (!board.shows(tile)) board.replace(victimOf(board, gathering, plan)?.slot, tile);
  }
  for (const tile of hopeful) {
    if (!hasPicture(gathering, tile) || board.shows(tile)) continue;
    const victim = victimOf(board, gathering, plan);
    if (victim === undefined || victim.hasPicture) return;
    board.replace(victim.slot, tile);
  }
}

interface Victim {
  readonly slot: number;
  readonly hasPicture: boolean;
  /** How many others spoke since; who isn't remembered spoke before them all. */
  readonly silence: number;
}

/** The tile that gives way first: one without a picture, else that of whoever spoke longest ago, else the last one. */
function victimOf(board: Board, gathering: Gathering, { leading, kept }: Plan): Victim | undefined {
  let victim: Victim | undefined;
  for (const { slot, tile } of board.tiles()) {
    const isTile = (other: Tile) =>
      other.participantId === tile.participantId && other.source === tile.source;
    if (leading.some(isTile) || kept.some(isTile)) continue;
    const spokeAt = gathering.spoke.indexOf(tile.participantId);
    const one = {
      slot,
      hasPicture: hasPicture(gathering, tile),
      silence: spokeAt < 0 ? Infinity : spokeAt,
    };
    if (victim === undefined || givesWayFirst(one, victim)) victim = one;
  }
  return victim;
}

/** Whether the tile of the later slot gives way before the other. */
function givesWayFirst(later: Victim, other: Victim): boolean {
  if (later.hasPicture !== other.hasPicture) return !later.hasPicture;
  return later.silence >= other.silence;
}

function hasPicture(gathering: Gathering, tile: Tile): boolean {
  return typeof producerOf(gathering, tile) === "string";
}

/** Slots with at most one tile each, and each tile in one slot at most. */
class Board {
  readonly #slots: (Tile | undefined)[];
  /** The participants whose camera, and whose screen, has a slot. */
  readonly #shown = { camera: new Set<string>(), screen: new Set<string>() };
  #firstFree = 0;

  constructor(slots: number) {
    this.#slots = new Array<Tile | undefined>(slots).fill(undefined);
  }

  get isFull(): boolean {
    return this.#shown.camera.size + this.#shown.screen.size === this.#slots.length;
  }

  shows({ source, participantId }: Tile): boolean {
    return this.#shown[source].has(participantId);
  }

  /** Puts a tile into a slot. Answers whether the slot was there and free. */
  put(slot: number, tile: Tile): boolean {
    if (slot >= this.#slots.length || this.#slots[slot] !== undefined) return false;
    this.#slots[slot] = tile;
    this.#shown[tile.source].add(tile.participantId);
    return true;
  }

  /** Puts a tile that isn't shown into the first free slot, if there is one. */
  putAnywhere(tile: Tile): void {
    if (this.isFull || this.shows(tile)) return;
    while (!this.put(this.#firstFree, tile)) this.#firstFree++;
  }

  replace(slot: number | undefined, tile: Tile): void {
    const before = slot === undefined ? undefined : this.#slots[slot];
    if (slot === undefined || before === undefined) return;
    this.#shown[before.source].delete(before.participantId);
    this.#slots[slot] = undefined;
    this.put(slot, tile);
  }

  /** The filled slots, in order. */
  tiles(): { readonly slot: number; readonly tile: Tile }[] {
    const tiles: { readonly slot: number; readonly tile: Tile }[] = [];
    for (const [slot, tile] of this.#slots.entries()) if (tile !== undefined) tiles.push({ slot, tile });
    return tiles;
  }
}
