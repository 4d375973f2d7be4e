import type { RecordWithin } from "../store/audit_entry.ts";
import { auditRowMaker } from "./audit_row.ts";

/** Makes what puts changes on record; `now` in milliseconds since the Unix epoch. */
export function recorderWithin(now: () => number): RecordWithin {
  const rowOf = auditRowMaker();
  return async (queries, ...entries) => {
    if (entries.length === 0) return;
    await queries.insertInto("audit").values(entries.map((entry) => rowOf(entry, now()))).execute();
  };
}
