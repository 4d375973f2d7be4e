import type { Store } from "../../shared/store/mod.ts";
import type { GlobalTables } from "../store/schema.ts";

type Db = Store<GlobalTables>;

/** Keeps a removal. A ban stays, whatever follows. */
export async function keepRemoval(
  { queries }: Db,
  meeting_id: string,
  { sub, banned, at_ms }: { readonly sub: string; readonly banned: boolean; readonly at_ms: number },
): Promise<void> {
  await queries.insertInto("removals")
    .values({ meeting_id, sub, removed_at: at_ms, banned: banned ? 1 : 0 })
    .onConflict((conflict) =>
      conflict.columns(["meeting_id", "sub"]).doUpdateSet((eb) => ({
        removed_at: eb.case().when("removals.removed_at", "<", eb.ref("excluded.removed_at"))
          .then(eb.ref("excluded.removed_at")).else(eb.ref("removals.removed_at")).end(),
        banned: eb.case().when("removals.banned", "=", 1).then(1).else(eb.ref("excluded.banned")).end(),
      }))
    ).execute();
}

/** Whether a host removed this subject after the token was issued, or for good. */
export async function isKeptOut(
  { queries }: Db,
  meetingId: string,
  sub: string,
  issuedMs: number,
): Promise<boolean> {
  const row = await queries.selectFrom("removals").select(["removed_at", "banned"])
    .where("meeting_id", "=", meetingId).where("sub", "=", sub).executeTakeFirst();
  return row !== undefined && (row.banned === 1 || issuedMs <= row.removed_at);
}

/** Who was banned from a meeting: a query that is part of another one. */
export function bansOf(queries: Db["queries"], meetingId: string) {
  return queries.selectFrom("removals").select("sub")
    .where("meeting_id", "=", meetingId).where("banned", "=", 1);
}

/** Longer than a meeting token lives, with the time in which an expired one still gets a ticket. */
const TOKENS_MS = 3_600_000;

/** The removals of a meeting that a token could be refused for: bans, and those that are not older than any token. */
export async function removalsInForce({ queries }: Db, meetingId: string, nowMs: number) {
  const rows = await queries.selectFrom("removals").selectAll().where("meeting_id", "=", meetingId)
    .where((eb) => eb.or([eb("banned", "=", 1), eb("removed_at", ">", nowMs - TOKENS_MS)])).execute();
  return rows.map(({ meeting_id, sub, banned, removed_at }) => ({
    meeting_id,
    sub,
    banned: banned === 1,
    at_ms: removed_at,
  }));
}
