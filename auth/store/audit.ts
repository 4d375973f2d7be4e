import type { Kysely } from "kysely";
import type { Store } from "../../shared/store/mod.ts";
import { uuidV7Start } from "../../shared/uuid_v7.ts";
import type { AuditRow, Tables } from "./schema.ts";

/** Rows of one insert statement. */
const ROWS_AT_ONCE = 50;

/** Adds entries to the audit trail, which nothing ever changes; all of them or none. */
export type AuditWriter = (rows: readonly AuditRow[]) => Promise<void>;

/** Makes a writer whose statements are compiled once: there is an entry for every token. */
export function auditWriter({ queries }: Store<Tables>): AuditWriter {
  const one = insertOf(queries, 1);
  const many = insertOf(queries, ROWS_AT_ONCE);
  return async (rows) => {
    await queries.transaction().execute(async (transaction) => {
      let from = 0;
      for (; from + ROWS_AT_ONCE <= rows.length; from += ROWS_AT_ONCE) {
        await transaction.executeQuery({
          ...many,
          parameters: rows.slice(from, from + ROWS_AT_ONCE).flatMap(values),
        });
      }
      for (const row of rows.slice(from)) await transaction.executeQuery({ ...one, parameters: values(row) });
    });
  };
}

function insertOf(queries: Kysely<Tables>, rows: number) {
  // An entry whose writing was not answered comes again.
  return queries.insertInto("audit").values(Array.from({ length: rows }, () => BLANK))
    .onConflict((conflict) => conflict.column("audit_id").doNothing()).compile();
}

const BLANK: AuditRow = {
  audit_id: "",
  at: 0,
  organization_id: "",
  type: "",
  actor: "",
  subject: "",
  address: "",
  result: "",
  details: "",
};

/** In the order of the columns above. */
function values(row: AuditRow): unknown[] {
  return [
    row.audit_id,
    row.at,
    row.organization_id,
    row.type,
    row.actor,
    row.subject,
    row.address,
    row.result,
    row.details,
  ];
}

/** Which entries are wanted. */
export interface AuditFilter {
  readonly organizationId?: string | undefined;
  readonly type?: string | undefined;
  readonly actor?: string | undefined;
  readonly subject?: string | undefined;
  readonly result?: string | undefined;
  /** From this time on, and before that one; in milliseconds since the Unix epoch. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/**
 * A page of the audit trail, the newest first, from before the entry of an id on, with one entry more than
 * `limit` if there are more.
 */
export function listAudit(
  { queries }: Store<Tables>,
  { organizationId, type, actor, subject, result, from, to }: AuditFilter,
  before: string | undefined,
  limit: number,
): Promise<AuditRow[]> {
  let query = queries.selectFrom("audit").selectAll();
  if (organizationId !== undefined) query = query.where("organization_id", "=", organizationId);
  if (type !== undefined) query = query.where("type", "=", type);
  if (actor !== undefined) query = query.where("actor", "=", actor);
  if (subject !== undefined) query = query.where("subject", "=", subject);
  if (result !== undefined) query = query.where("result", "=", result);
  // Entries' ids begin with their time.
  if (from !== undefined) query = query.where("audit_id", ">=", uuidV7Start(from));
  if (to !== undefined) query = query.where("audit_id", "<", uuidV7Start(to));
  if (before !== undefined) query = query.where("audit_id", "<", before);
  return query.orderBy("audit_id", "desc").limit(limit + 1).execute();
}
