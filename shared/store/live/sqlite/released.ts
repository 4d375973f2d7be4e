import { type Kysely, sql } from "kysely";
import type { LiveTables } from "./tables.ts";

/** How long the generation of a released lease is kept: longer than a controller that was fenced out goes on. */
const KEEP_MS = 24 * 3_600_000;

/** Notes at which generation a meeting's lease was released, by the file's own clock. */
export async function rememberReleased(
  db: Kysely<LiveTables>,
  meeting_id: string,
  generation: number,
): Promise<void> {
  const now = sql<number>`unixepoch() * 1000`;
  await db.insertInto("released_leases").values({ meeting_id, generation, released_ms: now })
    .onConflict((conflict) => conflict.column("meeting_id").doUpdateSet({ generation, released_ms: now }))
    .execute();
  await db.deleteFrom("released_leases").where("released_ms", "<", sql<number>`${now} - ${KEEP_MS}`)
    .execute();
}

/** The highest generation of a meeting that the store knows: its lease's, or that of the one that was released; else 0. */
export async function highestGeneration(db: Kysely<LiveTables>, meetingId: string): Promise<number> {
  const known = await db.selectFrom("leases").select("generation").where("meeting_id", "=", meetingId)
    .executeTakeFirst() ??
    await db.selectFrom("released_leases").select("generation").where("meeting_id", "=", meetingId)
      .executeTakeFirst();
  return known?.generation ?? 0;
}
