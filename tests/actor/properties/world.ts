import type { ActorRef } from "../../../shared/actor/mod.ts";
import type { Node } from "./node.ts";

/** The records of a running schedule, and the errors that were found. */
export interface World {
  readonly refs: Map<number, ActorRef<typeof Node>>;
  /** Actors whose end was reported. */
  readonly ended: Set<number>;
  readonly wrong: string[];
  /** Asks that have not settled yet. */
  openAsks: number;
  /** The next number of a message from a sender, by `sender>receiver`. */
  readonly sent: Map<string, number>;
  readonly seen: Map<string, number>;
}

export function createWorld(): World {
  return { refs: new Map(), ended: new Set(), wrong: [], openAsks: 0, sent: new Map(), seen: new Map() };
}

/** Numbers the messages from one sender to one receiver. */
export function numbered(world: World, from: string, to: number): { from: string; number: number } {
  const way = `${from}>${to}`;
  const number = (world.sent.get(way) ?? 0) + 1;
  world.sent.set(way, number);
  return { from, number };
}

/** Notes a message, and checks that it keeps its sender's order and that its receiver has not ended. */
export function arrived(world: World, from: string, to: number, number: number): void {
  const way = `${from}>${to}`;
  const before = world.seen.get(way) ?? 0;
  if (number <= before) world.wrong.push(`${way}: message ${number} came after ${before}`);
  world.seen.set(way, number);
  if (world.ended.has(to)) world.wrong.push(`${way}: message ${number} came after the end`);
}

/** Counts an ask until it settles. */
export async function followed<T>(world: World, ask: Promise<T>): Promise<T> {
  world.openAsks++;
  const result = await ask;
  world.openAsks--;
  return result;
}
