import type { ActorRef } from "../shared/actor/mod.ts";
import type { JwksManager, ServiceTokens, TokenVerifier } from "../shared/auth/mod.ts";
import type { LiveStore } from "../shared/store/live/mod.ts";
import type { Store } from "../shared/store/mod.ts";
import type { AuditForwarder } from "./actors/audit_forwarder.ts";
import type { DisabledUsers } from "./actors/disabled_users.ts";
import type { MeetingControllerRegistry } from "./actors/registry_protocol.ts";
import type { RateLimiter } from "./actors/rate_limiter.ts";
import type { GlobalMetrics } from "./metrics.ts";
import type { GlobalSettings } from "./settings.ts";
import type { GlobalTables } from "./store/schema.ts";

/** What GC is made of, as its routes use it. */
export interface Parts {
  readonly settings: GlobalSettings;
  readonly store: Store<GlobalTables>;
  readonly verifier: TokenVerifier;
  readonly metrics: GlobalMetrics;
  readonly keys: ActorRef<typeof JwksManager>;
  readonly serviceTokens: ActorRef<typeof ServiceTokens>;
  readonly live: LiveStore;
  readonly registry: ActorRef<typeof MeetingControllerRegistry>;
  readonly limiter: ActorRef<typeof RateLimiter>;
  readonly disabledUsers: ActorRef<typeof DisabledUsers>;
  readonly auditForwarder: ActorRef<typeof AuditForwarder>;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}
