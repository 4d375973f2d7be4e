import { realClient } from "../../shared/auth/mod.ts";
import { jsonResponse, readJson } from "../../shared/http/mod.ts";
import type { Route } from "../../shared/http/mod.ts";
import { registerBody } from "../../shared/protocol/mod.ts";
import { openSession } from "../browser_session.ts";
import { refuse } from "../errors.ts";
import { takeTurn } from "../limits/take_turn.ts";
import { organizationOf } from "../organization_of.ts";
import type { Parts } from "../parts.ts";
import { addUser } from "../store/users.ts";
import { userAccess } from "../user_access.ts";

/** `POST /api/v1/auth/register`: a new account, in an organisation with open registration. */
export function registrationRoutes(parts: Parts): Route[] {
  const { store, passwords, record, now, verifier } = parts;
  return [{
    method: "POST",
    path: "/api/v1/auth/register",
    async handler(context) {
      const client = await realClient(verifier, context);
      await takeTurn(parts, "registration", client.address);
      const body = await readJson(context, registerBody);
      const organization = await organizationOf(parts, body.organization, client.host);
      if (organization?.open_registration !== 1) throw refuse("REGISTRATION_CLOSED");
      const user = {
        user_id: crypto.randomUUID(),
        organization_id: organization.organization_id,
        email: body.email,
        display_name: body.display_name,
        password_hash: await passwords.hash(body.password),
        roles: JSON.stringify(["member"]),
        disabled: 0,
        created_at: now(),
      };
      if (!await addUser(store, user)) throw refuse("EMAIL_TAKEN");
      record({
        type: "user_registered",
        actor: user.user_id,
        subject: user.user_id,
        organization_id: organization.organization_id,
        address: client.address,
        result: "ok",
      });
      const { access_token, token_type, expires_in } = await userAccess(parts, user, client.address);
      const answer = jsonResponse(201, { user_id: user.user_id, access_token, token_type, expires_in });
      await openSession(parts, user.user_id, answer);
      return answer;
    },
  }];
}
