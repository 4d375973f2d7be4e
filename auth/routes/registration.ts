import { realClient } from "../../shared/auth/mod.ts";
import { jsonResponse, readJson } from "../../shared/http/mod.ts";
import type { Route } from "../../shared/http/mod.ts";
import { registerBody } from "../../shared/protocol/mod.ts";
import type { RegisterBody } from "../../shared/protocol/mod.ts";
import { acceptInvitation, openInvitation } from "../admin/invitations.ts";
import { newUser } from "../admin/users.ts";
import { openSession, putCookie } from "../browser_session.ts";
import { refuse } from "../errors.ts";
import { takeTurn } from "../limits/take_turn.ts";
import { organizationOf } from "../organization_of.ts";
import type { Parts } from "../parts.ts";
import { organizationById } from "../store/organizations.ts";
import type { UserRow } from "../store/schema.ts";
import { addUser } from "../store/users.ts";
import { userAccess } from "../user_access.ts";

/** A new account, and the short name of the organisation that it is in. */
interface Account {
  readonly user: UserRow;
  readonly organization: string;
}

/** `POST /api/v1/auth/register`: a new account, by an invitation or in an organisation with open registration. */
export function registrationRoutes(parts: Parts): Route[] {
  return [{
    method: "POST",
    path: "/api/v1/auth/register",
    async handler(context) {
      const client = await realClient(parts.verifier, context);
      await takeTurn(parts, "registration", client.address);
      const body = await readJson(context, registerBody);
      const { user, organization } = body.invitation === undefined
        ? await registerOpenly(parts, body, client.host)
        : await registerInvited(parts, body, body.invitation);
      parts.record({
        type: "user_registered",
        actor: user.user_id,
        subject: user.user_id,
        organization_id: user.organization_id,
        address: client.address,
        result: "ok",
      });
      return await signedIn(parts, user, organization, client.address);
    },
  }];
}

async function registerOpenly(parts: Parts, body: RegisterBody, host: string): Promise<Account> {
  const organization = await organizationOf(parts, body.organization, host);
  if (organization?.open_registration !== 1) throw refuse("REGISTRATION_CLOSED");
  const user = await account(parts, body, organization.organization_id, ["member"]);
  if (!await addUser(parts.store, user)) throw refuse("EMAIL_TAKEN");
  return { user, organization: organization.slug };
}

async function registerInvited(parts: Parts, body: RegisterBody, invitation: string): Promise<Account> {
  const { store, now } = parts;
  const { row, roles } = await openInvitation(store, invitation, body.email, now());
  const organization = (await organizationById(store, row.organization_id)).slug;
  if ((body.organization ?? organization) !== organization) throw refuse("INVITATION_NOT_VALID");
  const user = await account(parts, body, row.organization_id, roles);
  await acceptInvitation(store, row, user);
  return { user, organization };
}

async function account(
  { passwords, now }: Parts,
  { email, display_name, password }: RegisterBody,
  organizationId: string,
  roles: readonly string[],
): Promise<UserRow> {
  const passwordHash = await passwords.hash(password);
  return newUser({ organizationId, email, displayName: display_name, passwordHash, roles }, now());
}

async function signedIn(
  parts: Parts,
  user: UserRow,
  organization: string,
  address: string,
): Promise<Response> {
  const cookie = await openSession(parts, user);
  const { access_token, token_type, expires_in } = await userAccess(parts, user, address);
  const body = { user_id: user.user_id, organization, access_token, token_type, expires_in };
  const answer = jsonResponse(201, body);
  putCookie(parts, answer, cookie);
  return answer;
}
