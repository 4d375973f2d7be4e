import type { Store } from "../../shared/store/mod.ts";
import type { AuditRow, Tables } from "./schema.ts";

/** Rows of one insert statement: SQLite takes 32,766 parameters at once. */
const ROWS_AT_ONCE = 200;

/** Adds entries to the audit trail, which nothing ever changes. */
export async function addAuditRows(store: Store<Tables>, rows: readonly AuditRow[]): Promise<void> {
  await store.queries.transaction().execute(async (transaction) => {
    for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
      await transaction.insertInto("audit").values(rows.slice(from, from + ROWS_AT_ONCE)).execute();
    }
  });
}
