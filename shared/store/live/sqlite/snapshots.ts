import { type Kysely, sql } from "kysely";
import { fail, type Failure } from "../../../actor/mod.ts";
import type { LiveTables } from "./tables.ts";

/**
 * Writes a meeting's snapshot if `generation` is still its lease's, in one statement. Its text is fixed, since putting it
 * together takes longer than running it.
 */
export async function saveSnapshot(
  db: Kysely<LiveTables>,
  meetingId: string,
  generation: number,
  snapshot: string,
): Promise<void | Failure<"fenced">> {
  const { numAffectedRows } = await sql`
    INSERT INTO snapshots (meeting_id, generation, snapshot)
    SELECT meeting_id, generation, ${snapshot} FROM leases
    WHERE meeting_id = ${meetingId} AND generation = ${generation}
    ON CONFLICT (meeting_id) DO UPDATE SET generation = excluded.generation, snapshot = excluded.snapshot
  `.execute(db);
  if (numAffectedRows === 0n) {
    return fail("fenced", `Cannot save meeting "${meetingId}": it was opened anew, or is over`);
  }
}

export async function loadSnapshot(db: Kysely<LiveTables>, meetingId: string): Promise<string | null> {
  const row = await db.selectFrom("snapshots").select("snapshot")
    .where("meeting_id", "=", meetingId).executeTakeFirst();
  return row?.snapshot ?? null;
}
