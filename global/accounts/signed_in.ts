import { authenticateUser } from "../../shared/auth/mod.ts";
import type { Incoming } from "../../shared/http/mod.ts";
import { displayName } from "../../shared/protocol/mod.ts";
import { isDisabled } from "./is_disabled.ts";
import type { Parts } from "../composition/parts.ts";
import type { MeetingRow } from "../store/schema.ts";
import { takeTurn } from "../limits/take_turn.ts";
import { wrongToken } from "../errors/wrong_token.ts";

/** Who asks, by their user token. */
export interface User {
  readonly sub: string;
  readonly orgId: string;
  readonly roles: readonly string[];
  /** From the token's `name`, if AC put one in. */
  readonly displayName: string | undefined;
}

/**
 * The signed-in user of a request, whose account is enabled and who is within their limit.
 *
 * @throws {HttpError} 401, 429, 503, and what `authenticateUser` throws
 */
export async function signedIn(parts: Parts, incoming: Incoming): Promise<User> {
  const { sub, org_id, roles, name } = await authenticateUser(parts.verifier, incoming);
  await takeTurn(parts, "user", sub);
  if (await isDisabled(parts, sub)) throw wrongToken();
  const parsed = displayName.safeParse(name);
  return { sub, orgId: org_id, roles, displayName: parsed.success ? parsed.data : undefined };
}

/** Whether somebody may do with a meeting as they like: who created it, and the admins of its organisation. */
export function isInCharge({ sub, orgId, roles }: User, { creator, org_id }: MeetingRow): boolean {
  return orgId === org_id && (sub === creator || roles.includes("admin"));
}
