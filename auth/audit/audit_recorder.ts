import type { Scope } from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import type { DatabaseLocation, Store } from "../../shared/store/mod.ts";
import type { AuthMetrics } from "../metrics.ts";
import { auditWriter } from "../store/audit.ts";
import type { AuditWriter } from "../store/audit.ts";
import type { AuditEntry } from "../store/audit_entry.ts";
import { databaseWorker } from "../store/database_worker.ts";
import type { AuditRow, Tables } from "../store/schema.ts";
import { AuditStoreActor } from "./audit_store.ts";
import { AuditTrailActor } from "./audit_trail.ts";

interface RecorderOptions {
  readonly store: Store<Tables>;
  readonly database: DatabaseLocation;
  /** Whether what writes has a Worker, or this isolate. */
  readonly workers: boolean;
  readonly metrics: AuthMetrics;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

const MODULE = new URL("./audit_store_worker.ts", import.meta.url);

/** Entries are written together, this long after the first of them. */
const GATHER_MS = 100;
/** Longer than a busy database takes. An entry that was written later all the same is not written twice: its id is known. */
const WRITE_TIMEOUT_MS = 10_000;

export interface AuditRecorder {
  /** Puts something on record: it neither waits nor fails, and what can't be kept is counted and logged. */
  readonly record: (entry: AuditEntry) => void;
  /** Writes entries that were recorded elsewhere; they are in the database when it resolves. */
  readonly write: AuditWriter;
}

/** Spawns what writes the audit trail. */
export function auditRecorder(
  scope: Scope,
  { store, database, workers, metrics, now }: RecorderOptions,
): AuditRecorder {
  const onFailed = (entries: number, lost: boolean) =>
    metrics.auditFailures.add({ result: lost ? "lost" : "delayed" }, entries);
  // Spawned before the trail, so that it is still there when the trail writes its last entries.
  const auditStore = scope.spawn(AuditStoreActor, { database }, {
    ...(workers ? { home: databaseWorker(MODULE, database) } : {}),
  });
  const direct = auditWriter(store);
  const write = async (rows: readonly AuditRow[]) => {
    const outcome = await auditStore.ask("write", { rows }, { timeoutMs: WRITE_TIMEOUT_MS });
    if (outcome.ok) return;
    if (outcome.error.code === "not_written") {
      throw new Error(outcome.error.message, { cause: outcome.error });
    }
    // The Worker is gone, or going: what it didn't answer for is written from here.
    await direct(rows);
  };
  const trail = scope.spawn(AuditTrailActor, { write, onFailed, now, gatherMs: GATHER_MS }, {
    capacity: 10_000,
  });
  const log = logger("audit");
  const record = (entry: AuditEntry) => {
    if (trail.tell("record", entry) === "accepted") return;
    onFailed(1, true);
    log.error("an audit entry could not be written", { entry });
  };
  return { record, write };
}
