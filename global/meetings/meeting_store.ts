import type { Store } from "../../shared/store/mod.ts";
import { type MeetingEvent, recordMeetingEvent } from "../audit/audit_outbox.ts";
import type { GlobalTables, MeetingRow } from "../store/schema.ts";
import type { Position } from "./position.ts";

type Db = Store<GlobalTables>;
/** Who did it, and from where. */
export type Requester = Pick<MeetingEvent, "actor" | "address">;

export async function addMeeting({ queries }: Db, row: MeetingRow, requester: Requester): Promise<void> {
  await queries.transaction().execute(async (t) => {
    await t.insertInto("meetings").values(row).execute();
    const entry = {
      ...requester,
      type: "meeting_created",
      orgId: row.org_id,
      meetingId: row.meeting_id,
    } as const;
    await recordMeetingEvent(t, row.created_at, entry);
  });
}

export function meetingByCode({ queries }: Db, code: string): Promise<MeetingRow | undefined> {
  return queries.selectFrom("meetings").selectAll().where("code", "=", code).executeTakeFirst();
}

export function meetingById({ queries }: Db, meetingId: string): Promise<MeetingRow | undefined> {
  return queries.selectFrom("meetings").selectAll().where("meeting_id", "=", meetingId).executeTakeFirst();
}

/** Whose meetings are listed: an organisation's, or only those of it that one user made or was in. */
export interface Listed {
  readonly orgId: string;
  readonly sub?: string;
}

/** Meetings, the newest first, those that come after a position. */
export function meetingsOf(
  { queries }: Db,
  { orgId, sub }: Listed,
  limit: number,
  after?: Position,
): Promise<MeetingRow[]> {
  let query = queries.selectFrom("meetings").selectAll().where("org_id", "=", orgId);
  if (sub !== undefined) {
    query = query.where((eb) =>
      eb.or([
        eb("creator", "=", sub),
        eb("meeting_id", "in", eb.selectFrom("attendances").select("meeting_id").where("sub", "=", sub)),
      ])
    );
  }
  if (after !== undefined) {
    query = query.where((eb) =>
      eb.or([
        eb("created_at", "<", after.at),
        eb.and([eb("created_at", "=", after.at), eb("meeting_id", "<", after.id)]),
      ])
    );
  }
  return query.orderBy("created_at", "desc").orderBy("meeting_id", "desc").limit(limit).execute();
}

export type MeetingChange = Partial<
  Pick<MeetingRow, "display_name" | "max_participants" | "settings" | "permission_changes">
>;

/**
 * Changes a meeting that goes on by what `change` makes of it as it is; `undefined` when it has ended, or is not there.
 * Reading and writing are one transaction, so that no change of somebody else at the same moment is lost.
 */
export function changeMeeting(
  { queries }: Db,
  meetingId: string,
  changeOf: (row: MeetingRow) => MeetingChange,
  at: number,
  requester: Requester,
): Promise<MeetingRow | undefined> {
  return queries.transaction().execute(async (t) => {
    // Writing what is there anyway takes the row's lock before it is read, in every database.
    const before = await t.updateTable("meetings").set((eb) => ({ settings: eb.ref("settings") }))
      .where("meeting_id", "=", meetingId).where("ended_at", "is", null)
      .returningAll().executeTakeFirst();
    if (before === undefined) return undefined;
    const change = changeOf(before);
    if (Object.keys(change).length === 0) return before;
    const row = await t.updateTable("meetings").set(change).where("meeting_id", "=", meetingId)
      .returningAll().executeTakeFirstOrThrow();
    const entry = { ...requester, type: "meeting_changed", orgId: row.org_id, meetingId } as const;
    await recordMeetingEvent(t, at, { ...entry, details: detailsOf(change) });
    return row;
  });
}

/**
 * Ends a meeting, forgets who had tickets, and notes that the live store has to be told (`deliverEnd`); `false` when it had
 * ended before, or is not there.
 */
export function endMeeting(
  { queries }: Db,
  meetingId: string,
  at: number,
  requester: Requester,
): Promise<boolean> {
  return queries.transaction().execute(async (t) => {
    const row = await t.updateTable("meetings").set({ ended_at: at })
      .where("meeting_id", "=", meetingId).where("ended_at", "is", null)
      .returning("org_id").executeTakeFirst();
    if (row === undefined) return false;
    await t.deleteFrom("identities").where("meeting_id", "=", meetingId).execute();
    await t.insertInto("end_outbox").values({ meeting_id: meetingId, ended_at: at }).execute();
    await recordMeetingEvent(t, at, { ...requester, type: "meeting_ended", orgId: row.org_id, meetingId });
    return true;
  });
}

/** What of a change goes on record: a name may say who meets, so that only the fact of its change does. */
function detailsOf(change: MeetingChange): MeetingEvent["details"] {
  const { permission_changes: _counts, ...said } = change;
  const { display_name: _name, ...rest } = said;
  return { changed: Object.keys(said).join(" "), ...rest };
}
