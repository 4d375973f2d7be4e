import type { z } from "zod";
import { authenticateUser as verifyUserToken } from "../../shared/auth/mod.ts";
import { type Incoming, readJson, refuseCommon } from "../../shared/http/mod.ts";
import { displayName } from "../../shared/protocol/mod.ts";
import { assertWithinLimit } from "../limits/assert_within_limit.ts";
import type { AccountServices } from "./account_services.ts";
import { isDisabled, standingOf } from "./standing_of.ts";

/** Who sends a request, by their user token. */
export interface User {
  readonly sub: string;
  readonly orgId: string;
  /** Those of now: of the token, unless AC has said since that they were changed. */
  readonly roles: readonly string[];
  /** From the token's `name`, if AC put one in. */
  readonly displayName: string | undefined;
}

/**
 * The user whose token comes with a request; their account is enabled, and they are within their limit.
 *
 * @throws {HttpError} 401, 429, 503, and what verifying the token throws
 */
export async function authenticateUser(services: AccountServices, incoming: Incoming): Promise<User> {
  const { sub, org_id, roles, name } = await verifyUserToken(services.verifier, incoming);
  await assertWithinLimit(services, "user", sub);
  const standing = await standingOf(services, sub);
  if (standing.isDisabled) throw refuseCommon("UNAUTHORIZED");
  const parsed = displayName.safeParse(name);
  return {
    sub,
    orgId: org_id,
    roles: standing.roles ?? roles,
    displayName: parsed.success ? parsed.data : undefined,
  };
}

/**
 * The user who sends a request, as `authenticateUser` has it, and what they send. The body may be slow to come: whose
 * account is disabled meanwhile is refused.
 *
 * @throws {HttpError} what `authenticateUser` and `readJson` throw
 */
export async function readFromUser<T>(
  services: AccountServices,
  incoming: Incoming,
  schema: z.ZodType<T>,
): Promise<{ readonly user: User; readonly body: T }> {
  const user = await authenticateUser(services, incoming);
  const body = await readJson(incoming, schema);
  if (await isDisabled(services, user.sub)) throw refuseCommon("UNAUTHORIZED");
  return { user, body };
}
