import type { Kysely } from "kysely";
import type { MeetingAuditEntry } from "../../shared/protocol/mod.ts";
import type { Store } from "../../shared/store/mod.ts";
import { uuidV7 } from "../../shared/uuid_v7.ts";
import type { GlobalTables } from "../store/schema.ts";

/** Something that happened to a meeting. */
export interface MeetingEvent {
  readonly type: "meeting_created" | "meeting_changed" | "meeting_ended";
  readonly orgId: string;
  /** The `sub` of who did it. */
  readonly actor: string;
  readonly meetingId: string;
  readonly address: string;
  readonly details?: MeetingAuditEntry["details"];
}

/** Puts an event on record, in the transaction of what it tells of. */
export async function recordMeetingEvent(
  db: Kysely<GlobalTables>,
  at: number,
  event: MeetingEvent,
): Promise<void> {
  const { orgId, meetingId, details = {}, ...rest } = event;
  await addAuditEntries(db, [{
    ...rest,
    audit_id: uuidV7(at),
    at: new Date(at).toISOString(),
    organization_id: orgId,
    subject: meetingId,
    result: "ok",
    details,
  }]);
}

/** Keeps entries until AC has them. */
export async function addAuditEntries(
  db: Kysely<GlobalTables>,
  entries: readonly MeetingAuditEntry[],
): Promise<void> {
  const rows = entries.map((entry) => ({ audit_id: entry.audit_id, entry: JSON.stringify(entry) }));
  // An entry whose answer got lost comes again.
  await db.insertInto("audit_outbox").values(rows)
    .onConflict((conflict) => conflict.column("audit_id").doNothing()).execute();
}

/** An entry that waits for AC. */
export interface WaitingEntry {
  readonly audit_id: string;
  /** As it is sent. */
  readonly entry: unknown;
}

/** The audit entries that AC doesn't have yet. */
export interface AuditOutbox {
  /** The oldest first. */
  oldest(limit: number): Promise<readonly WaitingEntry[]>;
  forget(auditIds: readonly string[]): Promise<void>;
  count(): Promise<number>;
}

export function auditOutbox({ queries }: Store<GlobalTables>): AuditOutbox {
  return {
    async oldest(limit) {
      const rows = await queries.selectFrom("audit_outbox").selectAll().orderBy("audit_id").limit(limit)
        .execute();
      return rows.map(({ audit_id, entry }) => ({ audit_id, entry: JSON.parse(entry) }));
    },
    async forget(auditIds) {
      await queries.deleteFrom("audit_outbox").where("audit_id", "in", auditIds).execute();
    },
    async count() {
      const { waiting } = await queries.selectFrom("audit_outbox")
        .select((eb) => eb.fn.countAll<number>().as("waiting")).executeTakeFirstOrThrow();
      return waiting;
    },
  };
}
