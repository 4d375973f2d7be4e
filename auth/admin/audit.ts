import type { AuditCursor } from "../store/audit.ts";
import type { AuditRow } from "../store/schema.ts";

/** An entry of the audit trail as its readers see it. */
export function shownEntry({ at, details, ...entry }: AuditRow) {
  const parsed: unknown = JSON.parse(details);
  return { ...entry, at: new Date(at).toISOString(), details: parsed };
}

/** Where the page after this entry begins, as an opaque text. */
export function cursorAfter({ at, audit_id }: AuditRow): string {
  return `${at}.${audit_id}`;
}

/** What `cursorAfter` made; `undefined` for anything else. */
export function parseCursor(text: string): AuditCursor | undefined {
  const [, at, auditId] = /^(\d{1,15})\.([0-9a-f-]{36})$/.exec(text) ?? [];
  return at === undefined || auditId === undefined ? undefined : { at: Number(at), auditId };
}
