import { realClient } from "../../shared/auth/mod.ts";
import { jsonResponse, readJson } from "../../shared/http/mod.ts";
import type { Route } from "../../shared/http/mod.ts";
import { userTokenBody } from "../../shared/protocol/mod.ts";
import { assertWithinLimit } from "../limits/assert_within_limit.ts";
import { organizationOf } from "../organizations/organization_of.ts";
import { accountName, checkPassword } from "../passwords/check_password.ts";
import { userAccess } from "../tokens/user_access.ts";
import { openSession, putCookie } from "./browser_session.ts";
import type { SessionServices } from "./session_services.ts";

/** `POST /api/v1/auth/user/token`: an access token and a session for e-mail address and password. */
export function loginRoutes(services: SessionServices): Route[] {
  return [{
    method: "POST",
    path: "/api/v1/auth/user/token",
    async handler(context) {
      const client = await realClient(services.verifier, context);
      await assertWithinLimit(services, "login", client.address);
      const { email, password, organization: named } = await readJson(context, userTokenBody);
      const organization = await organizationOf(services, named, client.host);
      const organizationId = organization?.organization_id ?? `unknown ${named}`;
      const known = await services.statements.findUserByEmail(organizationId, email);
      const account = accountName(organizationId, email);
      const attempt = { account, address: client.address, password };
      const user = await checkPassword(services, known, attempt);
      const cookie = await openSession(services, user);
      const answer = jsonResponse(200, await userAccess(services, user, client.address));
      putCookie(services, answer, cookie);
      return answer;
    },
  }];
}
