import { refuseCommon } from "../../shared/http/mod.ts";
import type { LimitRule } from "./rate_limiter.ts";
import { refuse } from "../errors/errors.ts";
import type { Parts } from "../composition/parts.ts";

/**
 * Counts a request against a limit.
 *
 * @throws {HttpError} 429 over the limit, 503 if nobody counts at the moment
 */
export function takeTurn(parts: Parts, rule: LimitRule, key: string): Promise<void> {
  return through(parts, rule, parts.limiter.ask("take", { rule, key }));
}

/**
 * Refuses a request when a limit is used up, without counting it.
 *
 * @throws {HttpError} as `takeTurn`
 */
export function checkTurn(parts: Parts, rule: LimitRule, key: string): Promise<void> {
  return through(parts, rule, parts.limiter.ask("check", { rule, key }));
}

async function through(
  { metrics }: Parts,
  rule: LimitRule,
  asked: ReturnType<Parts["limiter"]["ask"]>,
): Promise<void> {
  const outcome = await asked;
  if (outcome.ok) return;
  const { error } = outcome;
  if (error.code !== "limited") throw refuse("UNAVAILABLE", { retryAfterSeconds: 1, cause: error });
  metrics.rateLimited.add({ rule });
  throw refuseCommon("RATE_LIMITED", { retryAfterSeconds: waitSeconds(error.details) });
}

/** The wait that a refusal names, in whole seconds, at least one. */
function waitSeconds(details: unknown): number {
  const named = typeof details === "object" && details !== null && "waitMs" in details ? details.waitMs : 0;
  return typeof named === "number" ? Math.max(1, Math.ceil(named / 1000)) : 1;
}
