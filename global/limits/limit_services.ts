import type { ActorRef } from "../../shared/actor/mod.ts";
import type { GlobalMetrics } from "../metrics.ts";
import type { RateLimiter } from "./rate_limiter_protocol.ts";

/** What it takes to count requests against limits. */
export interface LimitServices {
  readonly limiter: ActorRef<typeof RateLimiter>;
  readonly metrics: Pick<GlobalMetrics, "rateLimited">;
}
