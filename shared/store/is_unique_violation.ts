/** SQLite's extended codes for a primary key or unique index that is already there, and PostgreSQL's SQLSTATE. */
const CODES: ReadonlySet<unknown> = new Set([1555, 2067, "23505"]);

/** Whether a query failed because what it would insert exists already. */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ("errcode" in error && CODES.has(error.errcode)) || ("code" in error && CODES.has(error.code));
}
