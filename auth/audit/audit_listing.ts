import { z } from "zod";
import type { AuditRow } from "../store/schema.ts";

/** An entry of the audit trail as its readers see it. */
export function shownEntry({ at, details, ...entry }: AuditRow) {
  const parsed: unknown = JSON.parse(details);
  return { ...entry, at: new Date(at).toISOString(), details: parsed };
}

/** A day (its beginning, UTC) or a time with its offset, as milliseconds since the Unix epoch. */
export const auditTime = z.union([z.iso.date(), z.iso.datetime({ offset: true })], {
  error: "must be a day such as 2026-11-25 or a time such as 2026-11-25T09:30:00Z",
}).transform((text) => Math.max(0, Date.parse(text)));

/** Where a page begins: after the entry of this id. */
export const auditCursor = z.string().regex(/^[0-9a-f-]{36}$/, "is not a cursor of this list");
