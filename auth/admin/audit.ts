import { z } from "zod";
import type { AuditRow } from "../store/schema.ts";

/** An entry of the audit trail as its readers see it. */
export function shownEntry({ at, details, ...entry }: AuditRow) {
  const parsed: unknown = JSON.parse(details);
  return { ...entry, at: new Date(at).toISOString(), details: parsed };
}

/** Where a page begins: after the entry of this id. */
export const auditCursor = z.string().regex(/^[0-9a-f-]{36}$/, "is not a cursor of this list");
