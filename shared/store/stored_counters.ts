import { type Kysely, sql } from "kysely";
import { CellRate, SKEW_MS } from "../limits/gcra.ts";
import type { TakenCells } from "../limits/shared_limits.ts";
import type { Store } from "./store.ts";

export interface CounterTables {
  counters: CounterRow;
}

/** How often something happened by rule and key, as the time at which it is forgotten. */
export interface CounterRow {
  rule: string;
  key: string;
  /** Milliseconds since the Unix epoch, fractions included. */
  empty_ms: number;
  /** When something was counted last, by the clock of whoever counted. */
  counted_ms: number;
}

/** Counters in a database that several processes share. Times are milliseconds since the Unix epoch. */
export interface StoredCounters {
  /** Takes one cell, and answers 0; or takes none, and answers how many milliseconds to wait for one. */
  takeCell(cell: Omit<TakenCells, "cells">, atMs: number): Promise<number>;
  /** Adds cells, also beyond their rates; answers for each counter in how many milliseconds it is empty. */
  addCells(cells: readonly TakenCells[], atMs: number): Promise<number[]>;
}

/** A sweep runs at the first new counter, and then at every one in this many: it costs more than taking a cell. */
const SWEEP_EVERY = 100;

/** The counters of one process, which keep their table at `capacity` rows, give or take `SWEEP_EVERY`. */
export function storedCounters(
  { queries, exclusively }: Pick<Store<CounterTables>, "queries" | "exclusively">,
  capacity: number,
): StoredCounters {
  let added = 0;
  let isDue = false;

  /** Reads a counter, and locks its row in databases that lock rows. */
  async function read(
    t: Kysely<CounterTables>,
    { rule, key, rate }: Cell,
    atMs: number,
  ): Promise<CellRate> {
    const { empty_ms } = await t.insertInto("counters")
      .values({ rule, key, empty_ms: NEW, counted_ms: atMs })
      .onConflict((conflict) => conflict.columns(["rule", "key"]).doUpdateSet(setBackTo(atMs)))
      .returning("empty_ms").executeTakeFirstOrThrow();
    if (empty_ms === NEW && added++ % SWEEP_EVERY === 0) isDue = true;
    return new CellRate(rate, empty_ms);
  }

  async function write(
    t: Kysely<CounterTables>,
    { rule, key }: Cell,
    empty_ms: number,
    counted_ms: number,
  ): Promise<void> {
    await t.updateTable("counters").set({ empty_ms, counted_ms })
      .where("rule", "=", rule).where("key", "=", key).execute();
  }

  // Whoever locks several rows does so alone: two that each wait for the other's next row would wait for ever.
  const alone = <T>(work: (t: Kysely<CounterTables>) => Promise<T>) => exclusively("counters", work);

  async function sweepIfDue(atMs: number): Promise<void> {
    if (!isDue) return;
    isDue = false;
    await alone((t) => sweep(t, atMs, capacity));
  }

  return {
    async takeCell(cell, atMs) {
      const waitMs = await queries.transaction().execute(async (t) => {
        const cells = await read(t, cell, atMs);
        const waitMs = cells.take(atMs);
        if (waitMs === 0) await write(t, cell, cells.emptyMs, atMs);
        return waitMs;
      });
      await sweepIfDue(atMs);
      return waitMs;
    },
    async addCells(taken, atMs) {
      const empties = await alone(async (t) => {
        const empties: number[] = [];
        for (const cell of taken) {
          const cells = await read(t, cell, atMs);
          cells.add(atMs, cell.cells);
          await write(t, cell, cells.emptyMs, atMs);
          empties.push(cells.emptyMs - atMs);
        }
        return empties;
      });
      await sweepIfDue(atMs);
      return empties;
    },
  };
}

type Cell = Omit<TakenCells, "cells">;

/** A counter that wasn't there is empty since long ago. */
const NEW = 0;

/**
 * A counter's row once the clock was set back: what was counted in the future counts as counted now. How much of it should
 * be forgotten by now isn't known, and nobody waits for as long as the clock was set back.
 */
function setBackTo(atMs: number) {
  const isAhead = sql`counters.counted_ms > ${atMs + SKEW_MS}`;
  return {
    empty_ms: sql<number>`CASE WHEN ${isAhead}
      THEN counters.empty_ms - counters.counted_ms + ${atMs} ELSE counters.empty_ms END`,
    counted_ms: sql<number>`CASE WHEN ${isAhead} THEN ${atMs} ELSE counters.counted_ms END`,
  };
}

/** The same for all counters. They keep their order: what was counted last of them counts as counted now. */
async function setAllBackTo(db: Kysely<CounterTables>, atMs: number): Promise<void> {
  const { latest } = await db.selectFrom("counters").select(({ fn }) =>
    fn.max<number | null>("counted_ms").as("latest")
  )
    .executeTakeFirstOrThrow();
  if (latest === null || latest <= atMs + SKEW_MS) return;
  const byMs = latest - atMs;
  await db.updateTable("counters")
    .set((eb) => ({ empty_ms: eb("empty_ms", "-", byMs), counted_ms: eb("counted_ms", "-", byMs) }))
    .where("counted_ms", ">", atMs + SKEW_MS).execute();
}

/**
 * Deletes the empty counters, and beyond `capacity` those that will be empty first. Those that a clock which was ahead
 * left behind would be the last, and displace all others.
 */
async function sweep(db: Kysely<CounterTables>, atMs: number, capacity: number): Promise<void> {
  await setAllBackTo(db, atMs);
  await db.deleteFrom("counters").where("empty_ms", "<=", atMs).execute();
  const { kept } = await db.selectFrom("counters").select(({ fn }) => fn.countAll<number>().as("kept"))
    .executeTakeFirstOrThrow();
  const surplus = kept - capacity;
  if (surplus <= 0) return;
  const last = await db.selectFrom("counters").select("empty_ms")
    .orderBy("empty_ms").offset(surplus - 1).limit(1).executeTakeFirst();
  if (last === undefined) return;
  await db.deleteFrom("counters").where("empty_ms", "<=", last.empty_ms).execute();
}
