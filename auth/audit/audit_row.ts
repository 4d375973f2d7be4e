import { uuidV7Source } from "../../shared/uuid_v7.ts";
import type { AuditEntry } from "../store/audit_entry.ts";
import type { AuditRow } from "../store/schema.ts";

/** Gives an entry its place in the trail; `at` in milliseconds since the Unix epoch. */
export type AuditRowMaker = (entry: AuditEntry, at: number) => AuditRow;

/** Makes entries as they are stored, whose ids are in the order in which they were made. */
export function auditRowMaker(): AuditRowMaker {
  const nextId = uuidV7Source();
  return ({ details, ...entry }, at) => ({
    audit_id: nextId(at),
    at,
    ...entry,
    details: JSON.stringify(details ?? {}),
  });
}
