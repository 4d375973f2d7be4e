import { type Kysely, sql } from "kysely";
import { isUnavailable } from "../../is_unavailable.ts";
import type { LiveTables } from "./tables.ts";

/** Copies the write-ahead log into the database, as far as no other connection is in the way. */
export async function checkpoint(db: Kysely<LiveTables>): Promise<void> {
  try {
    await sql`PRAGMA wal_checkpoint(PASSIVE)`.execute(db);
  } catch (error) {
    // The log keeps what it has; the next checkpoint comes soon.
    if (!isUnavailable(error)) throw error;
  }
}
