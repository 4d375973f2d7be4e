import type { Store } from "../../shared/store/mod.ts";
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

/** Replaces a session's secret; `false` if somebody else has done so meanwhile. */
export async function rotateSession(
  store: Store<Tables>,
  session: SessionRow,
  next: Pick<SessionRow, "secret_hash" | "rotated_at" | "expires_at">,
): Promise<boolean> {
  const result = await store.queries.updateTable("sessions")
    .set({ ...next, previous_hash: session.secret_hash })
    .where("session_id", "=", session.session_id)
    .where("secret_hash", "=", session.secret_hash)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function endSession(store: Store<Tables>, sessionId: string): Promise<void> {
  await store.queries.deleteFrom("sessions").where("session_id", "=", sessionId).execute();
}

/** Ends a user's sessions but one. */
export async function endOtherSessions(
  store: Store<Tables>,
  userId: string,
  kept: string | undefined,
): Promise<void> {
  await store.queries.deleteFrom("sessions").where("user_id", "=", userId).where(
    "session_id",
    "!=",
    kept ?? "",
  )
    .execute();
}
