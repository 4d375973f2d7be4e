/** What the PostgreSQL client says when there is no connection, or the one there was is gone. */
const CODES: ReadonlySet<unknown> = new Set([
  "CONNECT_TIMEOUT",
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "CONNECTION_ENDED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
]);

/** Whether a query failed because its connection to PostgreSQL is gone. */
export function isConnectionLost(error: unknown): boolean {
  return error instanceof Error && "code" in error && CODES.has(error.code);
}
