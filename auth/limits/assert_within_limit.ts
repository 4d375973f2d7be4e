import { addressKey } from "../../shared/limits/address_key.ts";
import { refuse } from "../errors/errors.ts";
import type { LimitServices } from "./limit_services.ts";
import type { LimitRule } from "./request_limiter.ts";
import { waitSeconds } from "./wait_seconds.ts";

/**
 * Counts a request against a limit by address.
 *
 * @throws {HttpError} 429 over the limit, 503 if nobody counts at the moment
 */
export async function assertWithinLimit(
  { requestLimiter }: LimitServices,
  rule: LimitRule,
  address: string,
): Promise<void> {
  const outcome = await requestLimiter.ask("take", { rule, key: addressKey(address) });
  if (outcome.ok) return;
  const { error } = outcome;
  if (error.code !== "limited") throw refuse("OVERLOADED", { retryAfterSeconds: 1, cause: error });
  throw refuse("RATE_LIMITED", { retryAfterSeconds: waitSeconds(error.details) });
}
