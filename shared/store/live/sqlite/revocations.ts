import type { Kysely } from "kysely";
import type { LiveTables } from "./tables.ts";

/** Longer than a meeting token lives, with the ten minutes in which an expired one still gets a ticket. */
const KEEP_MS = 3_600_000;

/** Notes that a subject was removed. A ban stays, whatever follows. Removals older than any token are deleted. */
export async function revoke(
  db: Kysely<LiveTables>,
  { meeting_id, sub, banned, at_ms }: { meeting_id: string; sub: string; banned: boolean; at_ms: number },
): Promise<void> {
  await db.transaction().execute(async (t) => {
    const known = await t.selectFrom("revocations").select(["at_ms", "banned"])
      .where("meeting_id", "=", meeting_id).where("sub", "=", sub).executeTakeFirst();
    const values = {
      at_ms: Math.max(at_ms, known?.at_ms ?? at_ms),
      banned: banned || known?.banned === 1 ? 1 : 0,
    };
    await t.insertInto("revocations").values({ meeting_id, sub, ...values })
      .onConflict((conflict) => conflict.columns(["meeting_id", "sub"]).doUpdateSet(values)).execute();
    await t.deleteFrom("revocations").where("banned", "=", 0).where("at_ms", "<", at_ms - KEEP_MS).execute();
  });
}

/** Whether a token of this subject, issued at `issuedMs`, is refused. */
export async function isRevoked(
  db: Kysely<LiveTables>,
  meetingId: string,
  sub: string,
  issuedMs: number,
): Promise<boolean> {
  const row = await db.selectFrom("revocations").select(["at_ms", "banned"])
    .where("meeting_id", "=", meetingId).where("sub", "=", sub).executeTakeFirst();
  return row !== undefined && (row.banned === 1 || issuedMs <= row.at_ms);
}
