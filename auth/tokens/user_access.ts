import { AUDIENCES, TOKEN_TYPES } from "../../shared/auth/mod.ts";
import type { UserRow } from "../store/schema.ts";
import { rolesOf } from "../store/users.ts";
import { issueToken } from "./issue_token.ts";
import type { TokenServices } from "./token_services.ts";

/** The answer of every request that signs a user in. */
export interface UserAccess {
  readonly access_token: string;
  readonly token_type: "Bearer";
  readonly expires_in: number;
  readonly scope: string;
}

const MEMBER_SCOPES = ["user.manage-meetings.gc", "user.join-meetings.gc", "user.change-password.ac"];
const SCOPES_OF_ROLE: ReadonlyMap<string, readonly string[]> = new Map([
  ["admin", ["admin.manage-users.ac", "admin.read-audit.ac"]],
  ["operator", ["operator.manage-clients.ac", "admin.force-rotate-keys.ac"]],
]);

/** Makes a user's access token, with the scopes that their roles give. */
export async function userAccess(
  services: TokenServices,
  user: UserRow,
  address: string,
): Promise<UserAccess> {
  const roles = rolesOf(user);
  const scope = [...MEMBER_SCOPES, ...roles.flatMap((role) => SCOPES_OF_ROLE.get(role) ?? [])].join(" ");
  const issued = await issueToken(services, "user", {
    type: TOKEN_TYPES.access,
    audience: AUDIENCES.api,
    subject: user.user_id,
    lifetimeSeconds: services.settings.userTokenSeconds,
    // RFC 9068 §2.2 wants the client that asked: it is the platform's own page, or a program in its place.
    // `name` as OpenID Connect has it: what others see in a meeting, without another question to AC.
    claims: { client_id: "web", org_id: user.organization_id, roles, scope, name: user.display_name },
  }, { actor: user.user_id, organizationId: user.organization_id, address });
  return { access_token: issued.token, token_type: "Bearer", expires_in: issued.expiresInSeconds, scope };
}
