import type { Kysely } from "kysely";
import { CellRate } from "../limits/gcra.ts";
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
  async function read(t: Kysely<CounterTables>, { rule, key, rate }: Cell): Promise<CellRate> {
    const { empty_ms } = await t.insertInto("counters").values({ rule, key, empty_ms: NEW })
      .onConflict((conflict) =>
        conflict.columns(["rule", "key"]).doUpdateSet((eb) => ({ empty_ms: eb.ref("counters.empty_ms") }))
      )
      .returning("empty_ms").executeTakeFirstOrThrow();
    if (empty_ms === NEW && added++ % SWEEP_EVERY === 0) isDue = true;
    return new CellRate(rate, empty_ms);
  }

  async function write(t: Kysely<CounterTables>, { rule, key }: Cell, empty_ms: number): Promise<void> {
    await t.updateTable("counters").set({ empty_ms }).where("rule", "=", rule).where("key", "=", key)
      .execute();
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
        const cells = await read(t, cell);
        const waitMs = cells.take(atMs);
        if (waitMs === 0) await write(t, cell, cells.emptyMs);
        return waitMs;
      });
      await sweepIfDue(atMs);
      return waitMs;
    },
    async addCells(taken, atMs) {
      const empties = await alone(async (t) => {
        const empties: number[] = [];
        for (const cell of taken) {
          const cells = await read(t, cell);
          cells.add(atMs, cell.cells);
          await write(t, cell, cells.emptyMs);
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

/** Deletes the empty counters, and beyond `capacity` those that will be empty first. */
async function sweep(db: Kysely<CounterTables>, atMs: number, capacity: number): Promise<void> {
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
