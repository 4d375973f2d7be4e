import type { Kysely } from "kysely";
import type { GlobalTables } from "./schema.ts";

/** Something that happened to a meeting. */
export interface AuditEntry {
  readonly type: "meeting.created" | "meeting.changed" | "meeting.ended";
  readonly orgId: string;
  /** The `sub` of who did it. */
  readonly actor: string;
  readonly meetingId: string;
  readonly address: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Appends to the audit trail, in the transaction of what it tells of. */
export async function audit(db: Kysely<GlobalTables>, at: number, entry: AuditEntry): Promise<void> {
  await db.insertInto("audit").values({
    audit_id: crypto.randomUUID(),
    at,
    org_id: entry.orgId,
    type: entry.type,
    actor: entry.actor,
    subject: entry.meetingId,
    address: entry.address,
    result: "ok",
    details: JSON.stringify(entry.details ?? {}),
  }).execute();
}
