import type { Kysely } from "kysely";
import type { z } from "zod";
import { type EndedAt, KEEP_ENDS_MS, type Leases } from "../ports/leases.ts";
import type { LiveTables } from "./tables.ts";

type End = z.output<typeof Leases.end.input>;

/**
 * Notes that a meeting has ended, and reads its lease in the same transaction: a shard that opened it before is in the
 * answer, and no shard can open it afterwards. A second end answers the same shard again.
 */
export async function end(db: Kysely<LiveTables>, { meeting_id, at_ms }: End): Promise<EndedAt | null> {
  return await db.transaction().execute(async (t) => {
    const columns = ["controller_id", "instance_id", "shard"] as const;
    const lease = await t.selectFrom("leases").select(columns).where("meeting_id", "=", meeting_id)
      .executeTakeFirst();
    const known = await t.selectFrom("ended_meetings").select(columns).where("meeting_id", "=", meeting_id)
      .executeTakeFirst();
    const none = { controller_id: null, instance_id: null, shard: null };
    const at = lease ?? known ?? none;
    await t.insertInto("ended_meetings").values({ meeting_id, at_ms, ...at })
      .onConflict((conflict) => conflict.column("meeting_id").doUpdateSet({ at_ms, ...at })).execute();
    await t.deleteFrom("ended_meetings").where("at_ms", "<", at_ms - KEEP_ENDS_MS).execute();
    const { controller_id, instance_id, shard } = at;
    if (controller_id === null || instance_id === null || shard === null) return null;
    return { controller_id, instance_id, shard };
  });
}

export async function hasEnded(db: Kysely<LiveTables>, meetingId: string): Promise<boolean> {
  const row = await db.selectFrom("ended_meetings").select("meeting_id")
    .where("meeting_id", "=", meetingId).executeTakeFirst();
  return row !== undefined;
}
