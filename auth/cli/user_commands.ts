import { displayName, email, newPassword, organizationSlug } from "../../shared/protocol/mod.ts";
import { randomToken } from "../keys/random_token.ts";
import { hashPassword } from "../passwords/password_hash.ts";
import { addUser, changePassword, changeUser, listUsers, rolesOf } from "../store/users.ts";
import { newUser, shownUser } from "../users/new_user.ts";
import { UsageError } from "./arguments.ts";
import { recorded } from "./command.ts";
import type { Command, Given, Workplace } from "./command.ts";
import { allPages, listedOrganization, organizationCalled, PAGE, userCalled } from "./lookups.ts";
import { roles } from "./option_values.ts";

async function setDisabled(place: Workplace, given: Given, disabled: 0 | 1) {
  const user = await userCalled(place, given);
  const type = disabled === 1 ? "user_disabled" : "user_enabled";
  const { user_id: subject, organization_id } = user;
  await changeUser(place.store, subject, { disabled }, place.now(), async (queries, before) => {
    if (before.disabled !== disabled) await place.recordWithin(queries, { type, subject, organization_id });
  });
  return shownUser({ ...user, disabled });
}

/** A password that nobody could guess, as good as any that is chosen. */
function madePassword(): string {
  return newPassword.parse(randomToken(15));
}

export const userCommands: readonly Command[] = [{
  usage: "user list [--organization SLUG]",
  summary: "shows the accounts of one organisation or of all",
  async run(place, given) {
    const organizationId = await listedOrganization(place, given);
    const rows = await allPages(
      (cursor) => listUsers(place.store, organizationId, cursor, PAGE),
      ({ user_id }) => user_id,
    );
    return rows.map(shownUser);
  },
}, {
  usage: "user create --organization SLUG --email EMAIL --name NAME [--roles member,admin,operator]",
  summary: "makes an account; its password is made and shown this once",
  async run(place, given) {
    const { organization_id } = await organizationCalled(
      place,
      given.required("organization", organizationSlug),
    );
    const password = madePassword();
    const user = newUser({
      organizationId: organization_id,
      email: given.required("email", email),
      displayName: given.required("name", displayName),
      passwordHash: hashPassword(password),
      roles: given.optional("roles", roles) ?? ["member"],
    }, place.now());
    const details = { roles: rolesOf(user).join(" ") };
    const entry = { type: "user_created", subject: user.user_id, organization_id, details } as const;
    if (!await addUser(place.store, user, recorded(place, entry))) {
      throw new UsageError("there is an account with this address already");
    }
    return { ...shownUser(user), password };
  },
}, {
  usage: "user roles USER --roles member,admin,operator",
  summary: "sets what an account may do",
  async run(place, given) {
    const user = await userCalled(place, given);
    const next = given.required("roles", roles);
    const change = { roles: JSON.stringify(next) };
    const { user_id: subject, organization_id } = user;
    const entry = {
      type: "role_changed",
      subject,
      organization_id,
      details: { roles: next.join(" ") },
    } as const;
    await changeUser(place.store, subject, change, place.now(), async (queries, before) => {
      if (before.roles !== change.roles) await place.recordWithin(queries, entry);
    });
    return shownUser({ ...user, ...change });
  },
}, {
  usage: "user reset-password USER",
  summary: "gives an account a new password, shown this once, and ends its sessions",
  async run(place, given) {
    const user = await userCalled(place, given);
    const password = madePassword();
    const { user_id, organization_id } = user;
    const record = recorded(place, { type: "password_changed", subject: user_id, organization_id });
    await changePassword(place.store, user_id, hashPassword(password), record);
    return { ...shownUser(user), password };
  },
}, {
  usage: "user disable USER",
  summary: "ends an account's sessions and lets it sign in no more",
  run: (place, given) => setDisabled(place, given, 1),
}, {
  usage: "user enable USER",
  summary: "lets a disabled account sign in again",
  run: (place, given) => setDisabled(place, given, 0),
}];
