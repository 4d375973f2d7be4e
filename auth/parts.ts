import type { ActorRef } from "../shared/actor/mod.ts";
import type { TokenVerifier } from "../shared/auth/mod.ts";
import type { Store } from "../shared/store/mod.ts";
import type { AuditEntry } from "./actors/audit_trail.ts";
import type { ClientDirectory } from "./actors/client_directory.ts";
import type { KeyRotation } from "./actors/key_rotation.ts";
import type { LoginGuard } from "./actors/login_guard.ts";
import type { RequestLimiter } from "./actors/request_limiter.ts";
import type { TokenIssuer } from "./actors/token_issuer.ts";
import type { Keyring } from "./keys/keyring.ts";
import type { AuthMetrics } from "./metrics.ts";
import type { PasswordPool } from "./password_pool.ts";
import type { Settings } from "./settings.ts";
import type { AuditWriter } from "./store/audit.ts";
import type { Tables } from "./store/schema.ts";
import type { Statements } from "./store/statements.ts";

/** What AC is made of, as its routes use it. */
export interface Parts {
  readonly settings: Settings;
  readonly store: Store<Tables>;
  readonly statements: Statements;
  readonly keyring: Keyring;
  readonly verifier: TokenVerifier;
  readonly passwords: PasswordPool;
  readonly metrics: AuthMetrics;
  readonly tokenIssuer: ActorRef<typeof TokenIssuer>;
  readonly keyRotation: ActorRef<typeof KeyRotation>;
  readonly requestLimiter: ActorRef<typeof RequestLimiter>;
  readonly loginGuard: ActorRef<typeof LoginGuard>;
  /** Puts something on record; neither waits nor fails. */
  readonly record: (entry: AuditEntry) => void;
  /** Writes entries that were recorded elsewhere; they are in the database when it resolves. */
  readonly writeAudit: AuditWriter;
  readonly clientDirectory: ActorRef<typeof ClientDirectory>;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}
