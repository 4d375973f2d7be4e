import type { Store } from "../../shared/store/mod.ts";
import type { OnChange } from "./audit_entry.ts";
import type { SessionRow, Tables } from "./schema.ts";

/** Deletes the sessions that are over at `now`, in milliseconds since the Unix epoch; says how many there were. */
export async function endExpiredSessions(store: Store<Tables>, now: number): Promise<number> {
  const result = await store.queries.deleteFrom("sessions").where("expires_at", "<=", now).executeTakeFirst();
  return Number(result.numDeletedRows);
}

export function findSession(store: Store<Tables>, sessionId: string): Promise<SessionRow | undefined> {
  return store.queries.selectFrom("sessions").selectAll().where("session_id", "=", sessionId)
    .executeTakeFirst();
}

/** Changes a session whose secret is still the one that was read; `false` if it got another one meanwhile. */
export async function changeSession(
  store: Store<Tables>,
  session: SessionRow,
  change: Partial<Omit<SessionRow, "session_id" | "user_id" | "created_at">>,
): Promise<boolean> {
  const result = await store.queries.updateTable("sessions").set(change)
    .where("session_id", "=", session.session_id)
    .where("secret_hash", "=", session.secret_hash)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Ends a session, which is put on record if there is one still. Without `record` nobody has heard of it yet. */
export async function endSession(store: Store<Tables>, sessionId: string, record?: OnChange): Promise<void> {
  await store.queries.transaction().execute(async (queries) => {
    const { numDeletedRows } = await queries.deleteFrom("sessions").where("session_id", "=", sessionId)
      .executeTakeFirst();
    if (numDeletedRows > 0n) await record?.(queries);
  });
}

/** Ends a user's sessions but one. */
export async function endOtherSessions(
  { queries }: Pick<Store<Tables>, "queries">,
  userId: string,
  kept: string | undefined,
): Promise<void> {
  await queries.deleteFrom("sessions").where("user_id", "=", userId).where(
    "session_id",
    "!=",
    kept ?? "",
  )
    .execute();
}
