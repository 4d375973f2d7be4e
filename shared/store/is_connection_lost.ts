/** The PostgreSQL client's codes for a connection that can't be made, or was lost. */
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
