import { realClient } from "../../shared/auth/mod.ts";
import { jsonResponse, readJson, refuseCommon } from "../../shared/http/mod.ts";
import type { Context, Route } from "../../shared/http/mod.ts";
import { id, newUserBody, userChange } from "../../shared/protocol/mod.ts";
import { refuse } from "../errors/errors.ts";
import { assertWithinLimit } from "../limits/assert_within_limit.ts";
import { authenticateAdministrator } from "../organizations/authenticate_administrator.ts";
import type { Administrator, AdministratorsEntry } from "../organizations/authenticate_administrator.ts";
import { answerList, ownOrNamed, sees } from "../organizations/visible_organizations.ts";
import type { SessionServices } from "../sessions/session_services.ts";
import type { OnChange } from "../store/audit_entry.ts";
import type { UserRow } from "../store/schema.ts";
import { addUser, changeUser, findUser, listUsers, rolesOf } from "../store/users.ts";
import { newUser, shownUser } from "./new_user.ts";
import { mayChangeRoles, outranks } from "./roles.ts";

const PATH = "/api/v1/admin/users";

/** `/api/v1/admin/users`: admins over their organisation's accounts, operators over all. */
export function userRoutes(services: SessionServices): Route[] {
  const { store, passwords, now } = services;

  return [{
    method: "GET",
    path: PATH,
    handler: (context) =>
      answerList(services, context, {
        read: (organizationId, cursor, limit) => listUsers(store, organizationId, cursor, limit),
        show: shownUser,
        cursorOf: ({ user_id }) => user_id,
      }),
  }, {
    method: "POST",
    path: PATH,
    async handler(context) {
      const caller = await authenticateAdministrator(services, context, "admin", "operator");
      const { address } = await realClient(services.verifier, context);
      // A password's hash costs as much here as at a login, and the hashers are shared.
      await assertWithinLimit(services, "login", address);
      const body = await readJson(context, newUserBody);
      if (!mayChangeRoles(caller.roles, ["member"], body.roles)) throw refuseCommon("FORBIDDEN");
      const organizationId = await ownOrNamed(services, caller, body.organization);
      const user = newUser({
        organizationId,
        email: body.email,
        displayName: body.display_name,
        passwordHash: await passwords.hash(body.password),
        roles: body.roles,
      }, now());
      const details = { roles: body.roles.join(" ") };
      const { user_id: subject } = user;
      const record: OnChange = (queries) =>
        caller.recordWithin(queries, {
          type: "user_created",
          subject,
          organization_id: organizationId,
          details,
        });
      // The body may have been slow to come and the password to be hashed: the caller may be no administrator any more.
      const isAdded = await addUser(store, user, record, async (queries) => {
        const administrator = await findUser({ queries }, caller.userId);
        const allowed = administrator !== undefined && isInCharge(administrator, organizationId) &&
          mayChangeRoles(rolesOf(administrator), ["member"], body.roles);
        if (!allowed) throw refuseCommon("FORBIDDEN");
        return true;
      });
      if (!isAdded) throw refuse("EMAIL_TAKEN");
      return jsonResponse(201, shownUser(user));
    },
  }, {
    method: "GET",
    path: `${PATH}/:user_id`,
    async handler(context) {
      const caller = await authenticateAdministrator(services, context, "admin", "operator");
      return jsonResponse(200, shownUser(await existing(services, caller, context)));
    },
  }, {
    method: "PATCH",
    path: `${PATH}/:user_id`,
    async handler(context) {
      const caller = await authenticateAdministrator(services, context, "admin", "operator");
      const { user_id } = await existing(services, caller, context);
      const { disabled, roles } = await readJson(context, userChange);
      // Nobody locks themselves out, and an organisation's last admin stays one.
      if (user_id === caller.userId) throw refuse("OWN_ACCOUNT");
      const change = {
        ...(disabled === undefined ? {} : { disabled: disabled ? 1 : 0 }),
        ...(roles === undefined ? {} : { roles: JSON.stringify(roles) }),
      };
      const before = await changeUser(
        store,
        user_id,
        async (user, find) => {
          // Two who take each other's roles at once: whoever comes second has none by then.
          const administrator = await find(caller.userId);
          const allowed = administrator !== undefined && mayChange(administrator, user, roles);
          if (!allowed) throw refuseCommon("FORBIDDEN");
          return change;
        },
        now(),
        (queries, user) => caller.recordWithin(queries, ...entriesOf(user, change)),
      );
      if (before === undefined) throw refuse("USER_NOT_FOUND");
      return jsonResponse(200, shownUser({ ...before, ...change }));
    },
  }];
}

/** Whether somebody has a say over the accounts of an organisation: an admin's is their own, an operator's is any. */
function isInCharge(administrator: UserRow, organizationId: string): boolean {
  const own = rolesOf(administrator);
  const isAdmin = own.includes("admin") && administrator.organization_id === organizationId;
  return administrator.disabled === 0 && (isAdmin || own.includes("operator"));
}

function mayChange(administrator: UserRow, user: UserRow, roles?: readonly string[]): boolean {
  const [own, before] = [rolesOf(administrator), rolesOf(user)];
  return isInCharge(administrator, user.organization_id) && outranks(own, before) &&
    mayChangeRoles(own, before, roles ?? before);
}

/** Another tenant's account is none. */
async function existing(
  services: SessionServices,
  caller: Administrator,
  { params }: Context,
): Promise<UserRow> {
  const { data: userId } = id.safeParse(params["user_id"]);
  const user = userId === undefined ? undefined : await findUser(services.store, userId);
  if (user === undefined || !sees(caller, user.organization_id)) throw refuse("USER_NOT_FOUND");
  return user;
}

function entriesOf(
  { user_id: subject, organization_id, ...user }: UserRow,
  { disabled = user.disabled, roles = user.roles }: { readonly disabled?: number; readonly roles?: string },
): AdministratorsEntry[] {
  const of = { subject, organization_id };
  const entries: AdministratorsEntry[] = [];
  if (disabled !== user.disabled) {
    entries.push({ type: disabled === 1 ? "user_disabled" : "user_enabled", ...of });
  }
  if (roles !== user.roles) {
    entries.push({ type: "role_changed", ...of, details: { roles: rolesOf({ roles }).join(" ") } });
  }
  return entries;
}
