import { isBusy } from "./is_busy.ts";
import { isConnectionLost } from "./is_connection_lost.ts";

/**
 * Classes of SQLSTATE: connection exception, insufficient resources, operator intervention, system error; 25006, a write
 * to a replica that is not the primary server yet, or not any more; 25P03, a transaction that paused for too long; and
 * 55P03, a lock that another transaction held for too long.
 */
const SQLSTATE = /^((08|53|57|58)[0-9A-Z]{3}|25006|25P03|55P03)$/;
/** SQLite's primary codes: out of memory, read-only, I/O error, full, can't open. */
const SQLITE: ReadonlySet<number> = new Set([7, 8, 10, 13, 14]);

/** Whether a query failed because the database is away, full or overloaded: the same query may do well later. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (isBusy(error) || isConnectionLost(error)) return true;
  if ("errcode" in error && typeof error.errcode === "number") return SQLITE.has(error.errcode & 0xff);
  return "code" in error && typeof error.code === "string" && SQLSTATE.test(error.code);
}
