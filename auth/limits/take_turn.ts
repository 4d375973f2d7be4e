import { addressKey } from "../../shared/limits/address_key.ts";
import type { LimitRule } from "../actors/request_limiter.ts";
import { refuse } from "../errors.ts";
import type { Parts } from "../parts.ts";
import { waitSeconds } from "./wait_seconds.ts";

/**
 * Counts a request against a limit by address.
 *
 * @throws {HttpError} 429 over the limit, 503 if nobody counts at the moment
 */
export async function takeTurn({ requestLimiter }: Parts, rule: LimitRule, address: string): Promise<void> {
  const outcome = await requestLimiter.ask("take", { rule, key: addressKey(address) });
  if (outcome.ok) return;
  const { error } = outcome;
  if (error.code !== "limited") throw refuse("OVERLOADED", { retryAfterSeconds: 1, cause: error });
  throw refuse("RATE_LIMITED", { retryAfterSeconds: waitSeconds(error.details) });
}
