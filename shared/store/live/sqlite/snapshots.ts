import { CompiledQuery, type Kysely } from "kysely";
import { fail, type Failure } from "../../../actor/mod.ts";
import type { LiveTables } from "./tables.ts";

/** Writes a snapshot (snapshot, meeting_id, generation) if the generation is still that of the meeting's lease. */
export const SAVE_SNAPSHOT = `
  INSERT INTO snapshots (meeting_id, generation, snapshot)
  SELECT meeting_id, generation, ? FROM leases WHERE meeting_id = ? AND generation = ?
  ON CONFLICT (meeting_id) DO UPDATE SET generation = excluded.generation, snapshot = excluded.snapshot`;

export async function saveSnapshot(
  db: Kysely<LiveTables>,
  meetingId: string,
  generation: number,
  snapshot: string,
): Promise<void | Failure<"fenced">> {
  const query = CompiledQuery.raw(SAVE_SNAPSHOT, [snapshot, meetingId, generation]);
  const { numAffectedRows } = await db.executeQuery(query);
  if (numAffectedRows === 0n) return fencedOff(meetingId);
}

export function fencedOff(meetingId: string): Failure<"fenced"> {
  return fail("fenced", `Cannot save meeting "${meetingId}": it was opened anew, or is over`);
}

export async function loadSnapshot(db: Kysely<LiveTables>, meetingId: string): Promise<string | null> {
  const row = await db.selectFrom("snapshots").select("snapshot")
    .where("meeting_id", "=", meetingId).executeTakeFirst();
  return row?.snapshot ?? null;
}
