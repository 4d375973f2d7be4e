import type { Outcome } from "../../shared/actor/mod.ts";
import { refuseCommon } from "../../shared/http/mod.ts";
import { unavailable } from "../errors/unavailable.ts";
import type { LimitServices } from "./limit_services.ts";
import type { LimitRule, RateLimiter } from "./rate_limiter_protocol.ts";

/**
 * Counts a request against a limit, and refuses it over the limit.
 *
 * @throws {HttpError} 429 over the limit, 503 if nobody counts at the moment
 */
export function assertWithinLimit(services: LimitServices, rule: LimitRule, key: string): Promise<void> {
  return assertAllowed(services, rule, services.limiters.forKey(key).ask("take", { rule, key }));
}

async function assertAllowed(
  { metrics }: LimitServices,
  rule: LimitRule,
  asked: Promise<Outcome<typeof RateLimiter, "take">>,
): Promise<void> {
  const outcome = await asked;
  if (outcome.ok) return;
  const { error } = outcome;
  if (error.code !== "limited") throw unavailable(error);
  metrics.rateLimited.add({ rule });
  throw refuseCommon("RATE_LIMITED", { retryAfterSeconds: waitSeconds(error.details) });
}

/** The wait that a refusal names, in whole seconds, at least one. */
function waitSeconds(details: unknown): number {
  const named = typeof details === "object" && details !== null && "waitMs" in details ? details.waitMs : 0;
  return typeof named === "number" ? Math.max(1, Math.ceil(named / 1000)) : 1;
}
