import type { Kysely } from "kysely";
import { fail, type Failure } from "../../../actor/mod.ts";
import type { Lease } from "../ports/leases.ts";
import { hasEnded } from "./ends.ts";
import { highestGeneration } from "./released.ts";
import type { LiveTables } from "./tables.ts";
import { NOW_MS } from "./unused.ts";

/** Writes a lease that the store has lost: its file was replaced by an empty one, or by an older copy. */
export async function writeBack(
  db: Kysely<LiveTables>,
  { handlers, facts, ...lease }: Lease,
): Promise<void | Failure<"fenced">> {
  const { meeting_id, generation } = lease;
  return await db.transaction().execute(async (t) => {
    if (await hasEnded(t, meeting_id) || await highestGeneration(t, meeting_id) >= generation) {
      return fail("fenced", `Cannot save meeting "${meeting_id}": it was opened anew, or is over`);
    }
    const row = {
      ...lease,
      handlers: JSON.stringify(handlers),
      facts: JSON.stringify(facts),
      written_back: 1,
      used_ms: NOW_MS,
    };
    await t.insertInto("leases").values(row)
      .onConflict((conflict) => conflict.column("meeting_id").doUpdateSet(row)).execute();
  });
}
