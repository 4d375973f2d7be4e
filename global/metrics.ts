import { addProcessMetrics, createMetrics } from "../shared/metrics/mod.ts";
import type { Count, Durations, Reading } from "../shared/metrics/mod.ts";

/** The metrics of GC. */
export interface GlobalMetrics {
  readonly registry: ReturnType<typeof createMetrics>["registry"];
  readonly requests: Count<"route" | "method" | "status">;
  readonly requestDuration: Durations<"route">;
  readonly rateLimited: Count<"rule">;
  readonly controllers: Reading<"state">;
  readonly handlers: Reading<"state">;
  readonly disabledUsers: Reading<never>;
  readonly disabledUsersReads: Count<"result">;
  readonly auditWaiting: Reading<never>;
  readonly auditFailures: Count<"result">;
}

export function globalMetrics(startedAt: Date): GlobalMetrics {
  const metrics = createMetrics("gc");
  addProcessMetrics(metrics.registry, startedAt);
  return {
    registry: metrics.registry,
    requests: metrics.counter("requests_total", "Requests answered.", ["route", "method", "status"]),
    requestDuration: metrics.histogram(
      "request_duration_seconds",
      "From a request's head to its answer's.",
      ["route"],
    ),
    rateLimited: metrics.counter("rate_limited_total", "Requests refused by a limit.", ["rule"]),
    controllers: metrics.gauge("controllers", "Meeting controllers by state.", ["state"]),
    handlers: metrics.gauge("handlers", "Media handlers by state.", ["state"]),
    disabledUsers: metrics.gauge("disabled_users", "Accounts disabled lately whose tokens are refused.", []),
    disabledUsersReads: metrics.counter(
      "disabled_users_reads_total",
      "Times that the Auth Controller was asked who is disabled.",
      ["result"],
    ),
    auditWaiting: metrics.gauge("audit_waiting", "Audit entries that the Auth Controller doesn't have yet."),
    auditFailures: metrics.counter(
      "audit_failures_total",
      "Audit entries that the Auth Controller did not take, each time.",
      ["result"],
    ),
  };
}
