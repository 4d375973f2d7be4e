import { DatabaseSync, type StatementSync } from "node:sqlite";
import { Failure } from "../../../actor/mod.ts";

/** How long a write may block the isolate while another process writes. */
export const BLOCKING_WAIT_MS = 2;

const statements = {
  begin: "BEGIN IMMEDIATE",
  commit: "COMMIT",
  rollback: "ROLLBACK",
  lease: "SELECT 1 FROM leases WHERE meeting_id = ? AND generation = ?",
  // Both write nothing unless the lease has this generation.
  save: `INSERT INTO snapshots (meeting_id, generation, snapshot)
    SELECT ?1, ?2, ?3 FROM leases WHERE meeting_id = ?1 AND generation = ?2
    ON CONFLICT (meeting_id) DO UPDATE SET generation = excluded.generation, snapshot = excluded.snapshot`,
  append: `INSERT INTO chat (meeting_id, number, message)
    SELECT ?1, ?3, ?4 FROM leases WHERE meeting_id = ?1 AND generation = ?2
    ON CONFLICT DO NOTHING`,
  forget: "DELETE FROM chat WHERE meeting_id = ? AND number <= ?",
  load: "SELECT snapshot FROM snapshots WHERE meeting_id = ?",
  chat: "SELECT number, message FROM chat WHERE meeting_id = ? ORDER BY number DESC LIMIT ?",
  // A ban stays, whatever follows.
  revoke: `INSERT INTO revocations (meeting_id, sub, at_ms, banned) VALUES (?, ?, ?, ?)
    ON CONFLICT (meeting_id, sub) DO UPDATE
    SET at_ms = max(at_ms, excluded.at_ms), banned = max(banned, excluded.banned)`,
  revoked: `SELECT 1 FROM revocations
    WHERE meeting_id = ? AND sub = ? AND (banned = 1 OR at_ms >= ?)`,
  expire: "DELETE FROM revocations WHERE at_ms < ?",
} as const;

/** An open connection of this isolate to the live store's file, with its statements prepared. */
export interface DirectStore {
  readonly database: DatabaseSync;
  readonly run: { readonly [N in keyof typeof statements]: StatementSync };
}

/**
 * Opens the file, whose tables exist. The connection never waits for the disk: `LiveStoreActor` makes the checkpoints.
 *
 * @throws SQLite's error if the file can't be read; nothing is left open then
 */
export function openDirectStore(path: string): DirectStore {
  const database = new DatabaseSync(path, { timeout: BLOCKING_WAIT_MS });
  try {
    for (const pragma of ["synchronous = NORMAL", "wal_autocheckpoint = 0"]) {
      database.prepare(`PRAGMA ${pragma}`).get();
    }
    return { database, run: prepareAll(database) };
  } catch (error) {
    database.close();
    throw error;
  }
}

function prepareAll(database: DatabaseSync): DirectStore["run"] {
  const prepare = (name: keyof typeof statements) => database.prepare(statements[name]);
  return {
    begin: prepare("begin"),
    commit: prepare("commit"),
    rollback: prepare("rollback"),
    lease: prepare("lease"),
    save: prepare("save"),
    append: prepare("append"),
    forget: prepare("forget"),
    load: prepare("load"),
    chat: prepare("chat"),
    revoke: prepare("revoke"),
    revoked: prepare("revoked"),
    expire: prepare("expire"),
  };
}

/** Commits what `work` does, unless it throws or answers a failure. */
export function inTransaction<T>({ database, run }: DirectStore, work: () => T): T {
  run.begin.run();
  try {
    const result = work();
    if (!(result instanceof Failure)) run.commit.run();
    return result;
  } finally {
    // SQLite has rolled back by itself where the disk is full.
    if (database.isTransaction) run.rollback.run();
  }
}
