import type { TakenCells, TakeShared } from "../../shared/limits/shared_limits.ts";
import { logger } from "../../shared/log/mod.ts";
import { isUnavailable, type Store } from "../../shared/store/mod.ts";
import { storedCounters } from "../../shared/store/stored_counters.ts";
import type { Tables } from "../store/schema.ts";

/** The counters that all processes of AC share. Neither rejects while the database is away. */
export interface SharedCounters {
  readonly take: TakeShared;
  readonly add: (cells: readonly TakenCells[]) => Promise<readonly number[] | undefined>;
}

const CAPACITY = 100_000;
const log = logger("limits");

/** AC's own database, which its processes share already, holds the counters: AC needs no live store. */
export function sharedCounters(store: Store<Tables>, now: () => number): SharedCounters {
  const counters = storedCounters(store, CAPACITY);
  return {
    take: (cell) => unlessAway(counters.takeCell(cell, now())),
    add: (cells) => unlessAway(counters.addCells(cells, now())),
  };
}

async function unlessAway<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    log.warn("limits are counted by this process alone: the database does not answer", { error });
    return undefined;
  }
}
