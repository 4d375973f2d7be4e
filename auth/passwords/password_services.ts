import type { ActorRef } from "../../shared/actor/mod.ts";
import type { AuthMetrics } from "../metrics.ts";
import type { RecordAudit } from "../store/audit_entry.ts";
import type { LoginGuard } from "./login_guard.ts";
import type { PasswordPool } from "./password_pool.ts";

/** What it takes to check a password within the limits of guessing. */
export interface PasswordServices {
  readonly passwords: PasswordPool;
  readonly loginGuard: ActorRef<typeof LoginGuard>;
  readonly metrics: AuthMetrics;
  readonly record: RecordAudit;
}
