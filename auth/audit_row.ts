import { uuidV7 } from "../shared/uuid_v7.ts";
import type { AuditEntry } from "./actors/audit_trail.ts";
import type { AuditRow } from "./store/schema.ts";

/** An entry of the audit trail as it is stored; `at` in milliseconds since the Unix epoch. */
export function auditRow({ details, ...entry }: AuditEntry, at: number): AuditRow {
  return { audit_id: uuidV7(at), at, ...entry, details: JSON.stringify(details ?? {}) };
}
