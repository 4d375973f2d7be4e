import type { Scope } from "../shared/actor/mod.ts";
import { logger } from "../shared/log/mod.ts";
import { AuditTrailActor } from "./actors/audit_trail.ts";
import type { AuditEntry } from "./actors/audit_trail.ts";
import type { AuthMetrics } from "./metrics.ts";
import type { AuditWriter } from "./store/audit.ts";

interface RecorderParts {
  readonly write: AuditWriter;
  readonly metrics: AuthMetrics;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** Entries are written together, this long after the first of them. */
const GATHER_MS = 100;

/** What puts something on record: it neither waits nor fails, and what can't be kept is counted and logged. */
export function auditRecorder(
  scope: Scope,
  { write, metrics, now }: RecorderParts,
): (entry: AuditEntry) => void {
  const onFailed = (entries: number, lost: boolean) =>
    metrics.auditFailures.add({ result: lost ? "lost" : "delayed" }, entries);
  const trail = scope.spawn(AuditTrailActor, { write, onFailed, now, gatherMs: GATHER_MS }, {
    capacity: 10_000,
  });
  const log = logger("audit");
  return (entry) => {
    if (trail.tell("record", entry) === "accepted") return;
    onFailed(1, true);
    log.error("an audit entry could not be written", { entry });
  };
}
