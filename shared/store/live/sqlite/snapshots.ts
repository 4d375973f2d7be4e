import type { Kysely } from "kysely";
import { fail, type Failure } from "../../../actor/mod.ts";
import type { LiveTables } from "./tables.ts";

/** Writes a meeting's snapshot if `generation` is still its lease's, in one statement. */
export async function saveSnapshot(
  db: Kysely<LiveTables>,
  meetingId: string,
  generation: number,
  snapshot: string,
): Promise<void | Failure<"fenced">> {
  const { numInsertedOrUpdatedRows } = await db.insertInto("snapshots")
    .columns(["meeting_id", "generation", "snapshot"])
    .expression((eb) =>
      eb.selectFrom("leases").select((e) => ["meeting_id", "generation", e.val(snapshot).as("snapshot")])
        .where("meeting_id", "=", meetingId).where("generation", "=", generation)
    )
    .onConflict((conflict) => conflict.column("meeting_id").doUpdateSet({ generation, snapshot }))
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows === 0n) {
    return fail("fenced", `Cannot save meeting "${meetingId}": it was opened anew, or is over`);
  }
}

export async function loadSnapshot(db: Kysely<LiveTables>, meetingId: string): Promise<string | null> {
  const row = await db.selectFrom("snapshots").select("snapshot")
    .where("meeting_id", "=", meetingId).executeTakeFirst();
  return row?.snapshot ?? null;
}
