import type { AuthMetrics } from "../metrics.ts";
import type { RecordAudit } from "../store/audit_entry.ts";
import type { LoginFailures } from "./login_failures.ts";
import type { PasswordPool } from "./password_pool.ts";

/** What it takes to check a password within the limits of guessing. */
export interface PasswordServices {
  readonly passwords: PasswordPool;
  readonly loginFailures: LoginFailures;
  readonly metrics: AuthMetrics;
  readonly record: RecordAudit;
}
