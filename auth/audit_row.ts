import type { AuditEntry } from "./actors/audit_trail.ts";
import type { AuditRow } from "./store/schema.ts";

/** An entry of the audit trail as it is stored; `at` in milliseconds since the Unix epoch. */
export function auditRow({ details, ...entry }: AuditEntry, at: number): AuditRow {
  return { audit_id: uuidV7(at), at, ...entry, details: JSON.stringify(details ?? {}) };
}

/** A UUID that begins with its time (RFC 9562 §5.7): rows that are written one after the other lie side by side. */
function uuidV7(at: number): string {
  const time = at.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`;
}
