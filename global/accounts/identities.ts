import { meetingClaims } from "../../shared/protocol/mod.ts";
import type { MeetingClaims } from "../../shared/protocol/mod.ts";
import type { Store } from "../../shared/store/mod.ts";
import type { GlobalTables } from "../store/schema.ts";

/** Nobody renews a token after a day without one. */
const KEEP_MS = 24 * 3_600_000;

/** Notes as what somebody was let into a meeting. */
export async function rememberIdentity(
  { queries }: Store<GlobalTables>,
  sub: string,
  claims: MeetingClaims,
  at: number,
): Promise<void> {
  const row = { claims: JSON.stringify(claims), issued_at: at };
  await queries.insertInto("identities").values({ meeting_id: claims.meeting_id, sub, ...row })
    .onConflict((conflict) => conflict.columns(["meeting_id", "sub"]).doUpdateSet(row)).execute();
}

export async function identityOf(
  { queries }: Store<GlobalTables>,
  meetingId: string,
  sub: string,
): Promise<MeetingClaims | undefined> {
  const row = await queries.selectFrom("identities").select("claims")
    .where("meeting_id", "=", meetingId).where("sub", "=", sub).executeTakeFirst();
  return row === undefined ? undefined : meetingClaims.parse(JSON.parse(row.claims));
}

/** The meetings that somebody was let into. */
export async function meetingsOfSubject({ queries }: Store<GlobalTables>, sub: string): Promise<string[]> {
  const rows = await queries.selectFrom("identities").select("meeting_id").where("sub", "=", sub).execute();
  return rows.map(({ meeting_id }) => meeting_id);
}

/** Forgets those whose last token is long past. */
export async function forgetOldIdentities({ queries }: Store<GlobalTables>, at: number): Promise<void> {
  await queries.deleteFrom("identities").where("issued_at", "<", at - KEEP_MS).execute();
}
