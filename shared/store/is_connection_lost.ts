/** Codes of a PostgreSQL connection that can't be made, or was lost: ours, its client's, and the socket's. */
const CODES: ReadonlySet<unknown> = new Set([
  "CONNECT_TIMEOUT",
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "CONNECTION_ENDED",
  "CONNECTION_FAILED",
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ERR_STREAM_DESTROYED",
  "ERR_STREAM_WRITE_AFTER_END",
  "ETIMEDOUT",
]);

/** Whether a query failed because its connection to PostgreSQL is gone. */
export function isConnectionLost(error: unknown): boolean {
  return error instanceof Error && "code" in error && CODES.has(error.code);
}
