import type { Pool } from "../../shared/actor/mod.ts";
import type { GlobalMetrics } from "../metrics.ts";
import type { RateLimiter, RateLimiterInit } from "./rate_limiter_protocol.ts";

/** What it takes to count requests against limits. */
export interface LimitServices {
  /** A key's counters are with one member. */
  readonly limiters: Pick<Pool<typeof RateLimiter, RateLimiterInit>, "forKey">;
  readonly metrics: Pick<GlobalMetrics, "rateLimited">;
}
