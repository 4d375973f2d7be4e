import { realClient } from "../../shared/auth/mod.ts";
import { jsonResponse, readJson } from "../../shared/http/mod.ts";
import type { Route } from "../../shared/http/mod.ts";
import { userTokenBody } from "../../shared/protocol/mod.ts";
import { openSession, putCookie } from "../browser_session.ts";
import { accountName, checkPassword } from "../check_password.ts";
import { takeTurn } from "../limits/take_turn.ts";
import { organizationOf } from "../organization_of.ts";
import type { Parts } from "../parts.ts";
import { userAccess } from "../user_access.ts";

/** `POST /api/v1/auth/user/token`: an access token and a session for e-mail address and password. */
export function userTokenRoutes(parts: Parts): Route[] {
  return [{
    method: "POST",
    path: "/api/v1/auth/user/token",
    async handler(context) {
      const client = await realClient(parts.verifier, context);
      await takeTurn(parts, "login", client.address);
      const { email, password, organization: named } = await readJson(context, userTokenBody);
      const organization = await organizationOf(parts, named, client.host);
      const organizationId = organization?.organization_id ?? `unknown ${named}`;
      const known = await parts.statements.findUserByEmail(organizationId, email);
      const account = accountName(organizationId, email);
      const attempt = { account, address: client.address, password };
      const user = await checkPassword(parts, known, attempt);
      const cookie = await openSession(parts, user);
      const answer = jsonResponse(200, await userAccess(parts, user, client.address));
      putCookie(parts, answer, cookie);
      return answer;
    },
  }];
}
