import { realClient } from "../../shared/auth/mod.ts";
import { jsonResponse, readJson, readQuery } from "../../shared/http/mod.ts";
import type { Context, Route } from "../../shared/http/mod.ts";
import { registerBody, registrationQuery } from "../../shared/protocol/mod.ts";
import type { RegisterBody } from "../../shared/protocol/mod.ts";
import { refuse } from "../errors/errors.ts";
import { assertWithinLimit } from "../limits/assert_within_limit.ts";
import { organizationOf } from "../organizations/organization_of.ts";
import { openSession, putCookie } from "../sessions/browser_session.ts";
import type { SessionServices } from "../sessions/session_services.ts";
import type { OnChange } from "../store/audit_entry.ts";
import { organizationById } from "../store/organizations.ts";
import type { UserRow } from "../store/schema.ts";
import { addUser, rolesOf } from "../store/users.ts";
import { userAccess } from "../tokens/user_access.ts";
import { acceptInvitation, openInvitation } from "./invitations.ts";
import { newUser } from "./new_user.ts";

/** A new account, and the short name of the organisation that it is in. */
interface Account {
  readonly user: UserRow;
  readonly organization: string;
}

/** Puts a new account on record, and by which invitation it has its roles. */
type RecordRegistration = OnChange<[user: UserRow, invitationId?: string]>;

const PATH = "/api/v1/auth/register";

/**
 * `POST /api/v1/auth/register`: a new account, by an invitation or in an organisation with open registration; `GET`: whether
 * it is open.
 */
export function registrationRoutes(services: SessionServices): Route[] {
  return [{
    method: "GET",
    path: PATH,
    handler: (context) => answerRegistration(services, context),
  }, {
    method: "POST",
    path: PATH,
    async handler(context) {
      const client = await realClient(services.verifier, context);
      await assertWithinLimit(services, "login", client.address);
      const body = await readJson(context, registerBody);
      // A body that fits no schema tells its sender nothing. It takes nothing of the hour that an office shares.
      await assertWithinLimit(services, "registration", client.address);
      const record: RecordRegistration = (queries, { user_id, organization_id, roles }, invitation_id) =>
        services.recordWithin(queries, {
          type: "user_registered",
          actor: user_id,
          subject: user_id,
          organization_id,
          address: client.address,
          result: "ok",
          details: {
            roles: rolesOf({ roles }).join(" "),
            ...(invitation_id === undefined ? {} : { invitation_id }),
          },
        });
      const { user, organization } = body.invitation === undefined
        ? await registerOpenly(services, body, client.host, record)
        : await registerInvited(services, body, body.invitation, record);
      return await signedIn(services, user, organization, client.address);
    },
  }];
}

/** An organisation that doesn't exist is as one that is closed: nobody learns which there are. */
async function answerRegistration(services: SessionServices, context: Context): Promise<Response> {
  const { organization } = readQuery(context, registrationQuery);
  const { host } = await realClient(services.verifier, context);
  const found = await organizationOf(services, organization, host);
  return jsonResponse(200, { open: found?.open_registration === 1 });
}

async function registerOpenly(
  services: SessionServices,
  body: RegisterBody,
  host: string,
  record: RecordRegistration,
): Promise<Account> {
  const organization = await organizationOf(services, body.organization, host);
  if (organization?.open_registration !== 1) throw refuse("REGISTRATION_CLOSED");
  const { organization_id, slug } = organization;
  const user = await account(services, body, organization_id, ["member"]);
  // The password may have been slow to be hashed: the organisation may have been closed meanwhile.
  const isAdded = await addUser(services.store, user, (queries) => record(queries, user), async (queries) => {
    const { open_registration } = await organizationById({ queries }, organization_id);
    if (open_registration !== 1) throw refuse("REGISTRATION_CLOSED");
    return true;
  });
  if (!isAdded) throw refuse("EMAIL_TAKEN");
  return { user, organization: slug };
}

async function registerInvited(
  services: SessionServices,
  body: RegisterBody,
  invitation: string,
  record: RecordRegistration,
): Promise<Account> {
  const { store, now } = services;
  const { row, roles } = await openInvitation(store, invitation, body.email, now());
  const organization = (await organizationById(store, row.organization_id)).slug;
  if ((body.organization ?? organization) !== organization) throw refuse("INVITATION_NOT_VALID");
  const user = await account(services, body, row.organization_id, roles);
  await acceptInvitation(store, invitation, user, (queries) => record(queries, user, row.invitation_id));
  return { user, organization };
}

async function account(
  { passwords, now }: SessionServices,
  { email, display_name, password }: RegisterBody,
  organizationId: string,
  roles: readonly string[],
): Promise<UserRow> {
  const passwordHash = await passwords.hash(password);
  return newUser({ organizationId, email, displayName: display_name, passwordHash, roles }, now());
}

async function signedIn(
  services: SessionServices,
  user: UserRow,
  organization: string,
  address: string,
): Promise<Response> {
  const cookie = await openSession(services, user);
  const { access_token, token_type, expires_in } = await userAccess(services, user, address);
  const body = { user_id: user.user_id, organization, access_token, token_type, expires_in };
  const answer = jsonResponse(201, body);
  putCookie(services, answer, cookie);
  return answer;
}
