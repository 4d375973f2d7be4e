import type { AuditRow } from "../store/schema.ts";

/** An entry of the audit trail as its readers see it. */
export function shownEntry({ at, details, ...entry }: AuditRow) {
  const parsed: unknown = JSON.parse(details);
  return { ...entry, at: new Date(at).toISOString(), details: parsed };
}
