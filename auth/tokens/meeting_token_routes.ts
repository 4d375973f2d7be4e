import { AUDIENCES, authenticateService, realClient, TOKEN_TYPES } from "../../shared/auth/mod.ts";
import { jsonResponse, readJson } from "../../shared/http/mod.ts";
import type { Route } from "../../shared/http/mod.ts";
import { type MeetingClaims, meetingTokenBody } from "../../shared/protocol/mod.ts";
import { refuse } from "../errors/errors.ts";
import type { UserRow } from "../store/schema.ts";
import { findUser, rolesOf } from "../store/users.ts";
import { issueToken } from "./issue_token.ts";
import type { TokenServices } from "./token_services.ts";

const SCOPE = "service.issue-meeting-token.ac";
/** The capability of hosts alone. */
const MODERATE = "moderate";

/** `POST /api/v1/auth/internal/meeting-token`: GC has somebody let into a meeting. */
export function meetingTokenRoutes(services: TokenServices): Route[] {
  return [{
    method: "POST",
    path: "/api/v1/auth/internal/meeting-token",
    async handler(context) {
      const caller = await authenticateService(services.verifier, context, SCOPE);
      const { address } = await realClient(services.verifier, context);
      const { sub, ttl_seconds, host_as_admin, ...given } = await readJson(context, meetingTokenBody);
      // A guest has no account; of a user's token, which may be an hour old, GC can't see that it has ended.
      const user = given.participant_type === "guest" ? undefined : await findUser(services.store, sub);
      if (user?.disabled === 1) {
        services.metrics.tokensIssued.add({ type: "meeting", result: "disabled" });
        const who = { actor: caller.sub, subject: sub, organization_id: user.organization_id, address };
        services.record({ type: "token_refused", ...who, result: "disabled" });
        throw refuse("ACCOUNT_DISABLED");
      }
      const claims = host_as_admin === true ? heedAccount(given, user) : given;
      const longest = services.settings.meetingTokenSeconds;
      const issued = await issueToken(services, "meeting", {
        type: TOKEN_TYPES.meeting,
        audience: AUDIENCES.meeting,
        subject: sub,
        lifetimeSeconds: Math.min(ttl_seconds ?? longest, longest),
        claims,
      }, { actor: caller.sub, organizationId: claims.meeting_org_id, address });
      return jsonResponse(200, { token: issued.token, expires_in: issued.expiresInSeconds });
    },
  }];
}

/**
 * The claims with the role of a member who did not create the meeting, by the account as it is now: what GC knows of its
 * roles is from a token that may be days old. The newest meeting token so has the newest role.
 */
function heedAccount(claims: MeetingClaims, user: UserRow | undefined): MeetingClaims {
  const isAdmin = user?.organization_id === claims.meeting_org_id && rolesOf(user).includes("admin");
  if (isAdmin === (claims.role === "host")) return claims;
  const capabilities = claims.capabilities.filter((capability) => capability !== MODERATE);
  return isAdmin
    ? { ...claims, role: "host", capabilities: [...capabilities, MODERATE] }
    : { ...claims, role: "participant", capabilities };
}
