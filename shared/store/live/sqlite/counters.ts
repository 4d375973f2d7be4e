import type { Kysely } from "kysely";
import type { z } from "zod";
import { CellRate } from "../../../limits/gcra.ts";
import type { Counters } from "../ports/counters.ts";
import type { LiveTables } from "./tables.ts";

type TakeCell = z.output<typeof Counters.takeCell.input>;

/** A sweep runs at the first new counter, and then at every one in this many: it costs more than taking a cell. */
const SWEEP_EVERY = 100;

/** The counters of one process, which keep their table at `capacity` rows, give or take `SWEEP_EVERY`. */
export function sqliteCounters(
  db: Kysely<LiveTables>,
  capacity: number,
): (taken: TakeCell) => Promise<number> {
  let added = 0;
  return async ({ rule, key, rate, at_ms }) =>
    await db.transaction().execute(async (t) => {
      const known = await t.selectFrom("counters").select("empty_ms")
        .where("rule", "=", rule).where("key", "=", key).executeTakeFirst();
      const cells = new CellRate(rate, known?.empty_ms);
      const waitMs = cells.take(at_ms);
      if (waitMs > 0) return waitMs;
      if (known === undefined && added++ % SWEEP_EVERY === 0) await sweep(t, at_ms, capacity);
      const { emptyMs: empty_ms } = cells;
      await t.insertInto("counters").values({ rule, key, empty_ms })
        .onConflict((conflict) => conflict.columns(["rule", "key"]).doUpdateSet({ empty_ms })).execute();
      return 0;
    });
}

/** Deletes the empty counters, and beyond `capacity` those that will be empty first. */
async function sweep(db: Kysely<LiveTables>, atMs: number, capacity: number): Promise<void> {
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
