import { z } from "zod";
import { displayName, email, newPassword, organizationSlug } from "../../shared/protocol/mod.ts";
import { createInvitation } from "../admin/invitations.ts";
import { roleList } from "../admin/roles.ts";
import { newUser, shownUser } from "../admin/users.ts";
import { randomToken } from "../keys/random_token.ts";
import {
  changeOrganization,
  ensureOrganization,
  findOrganization,
  listOrganizations,
} from "../store/organizations.ts";
import type { OrganizationRow, UserRow } from "../store/schema.ts";
import { addUser, changePassword, changeUser, findUser, listUsers, rolesOf } from "../store/users.ts";
import { UsageError } from "./arguments.ts";
import type { Command, Given, Workplace } from "./command.ts";

const roles = z.string().transform((text) => text.split(",")).pipe(roleList);
const days = z.coerce.number().int().min(1).max(90);
const PAGE = 200;

async function organizationOf({ store }: Workplace, name: string): Promise<OrganizationRow> {
  const found = await findOrganization(store, name);
  if (found === undefined) throw new UsageError(`there is no organisation "${name}"`);
  return found;
}

async function userOf({ store }: Workplace, given: Given): Promise<UserRow> {
  const userId = given.word(0, "USER_ID");
  const user = await findUser(store, userId);
  if (user === undefined) throw new UsageError(`there is no user "${userId}"`);
  return user;
}

async function setDisabled(place: Workplace, given: Given, disabled: 0 | 1) {
  const user = await userOf(place, given);
  await changeUser(place.store, user.user_id, { disabled }, place.now());
  await place.record({
    type: disabled === 1 ? "user_disabled" : "user_enabled",
    subject: user.user_id,
    organization_id: user.organization_id,
  });
  return shownUser({ ...user, disabled });
}

/** A password that nobody could guess, as good as any that is chosen. */
function madePassword(): string {
  return newPassword.parse(randomToken(15));
}

function shownOrganization(row: OrganizationRow) {
  return {
    organization_id: row.organization_id,
    slug: row.slug,
    name: row.name,
    open_registration: row.open_registration === 1,
    created_at: new Date(row.created_at).toISOString(),
  };
}

export const peopleCommands: readonly Command[] = [{
  usage: "organization create --slug SLUG --name NAME [--open]",
  summary: "makes an organisation; with --open anybody may register in it",
  async run(place, given) {
    const name = given.required("slug", organizationSlug);
    if (await findOrganization(place.store, name) !== undefined) {
      throw new UsageError(`there is an organisation "${name}" already`);
    }
    const row = await ensureOrganization(place.store, {
      organization_id: crypto.randomUUID(),
      slug: name,
      name: given.required("name", displayName),
      open_registration: given.has("open") ? 1 : 0,
      created_at: place.now(),
    });
    const { organization_id } = row;
    await place.record({ type: "organization_created", subject: organization_id, organization_id });
    return shownOrganization(row);
  },
}, {
  usage: "organization list",
  summary: "shows all organisations",
  run: async ({ store }) => (await listOrganizations(store)).map(shownOrganization),
}, {
  usage: "organization change SLUG [--name NAME] [--open | --closed]",
  summary: "changes an organisation's name, or who may register in it",
  async run(place, given) {
    const row = await organizationOf(place, given.word(0, "SLUG"));
    const name = given.optional("name", displayName);
    if (given.has("open") && given.has("closed")) throw new UsageError("give --open or --closed, not both");
    const open = given.has("open") ? 1 : given.has("closed") ? 0 : undefined;
    if (name === undefined && open === undefined) throw new UsageError("give --name, --open or --closed");
    const change = {
      ...(name === undefined ? {} : { name }),
      ...(open === undefined ? {} : { open_registration: open }),
    };
    const { organization_id } = row;
    await changeOrganization(place.store, organization_id, change);
    await place.record({
      type: "organization_changed",
      subject: organization_id,
      organization_id,
      details: change,
    });
    return shownOrganization({ ...row, ...change });
  },
}, {
  usage: "user list [--organization SLUG]",
  summary: "shows the accounts of one organisation or of all",
  async run(place, given) {
    const name = given.optional("organization", organizationSlug);
    const organizationId = name === undefined
      ? undefined
      : (await organizationOf(place, name)).organization_id;
    const all: UserRow[] = [];
    for (let more = true; more;) {
      const page = await listUsers(place.store, organizationId, all.at(-1)?.user_id ?? "", PAGE);
      all.push(...page.slice(0, PAGE));
      more = page.length > PAGE;
    }
    return all.map(shownUser);
  },
}, {
  usage: "user create --organization SLUG --email EMAIL --name NAME [--roles member,admin,operator]",
  summary: "makes an account; its password is made and shown this once",
  async run(place, given) {
    const { organization_id } = await organizationOf(place, given.required("organization", organizationSlug));
    const password = madePassword();
    const user = newUser({
      organizationId: organization_id,
      email: given.required("email", email),
      displayName: given.required("name", displayName),
      passwordHash: await place.hashPassword(password),
      roles: given.optional("roles", roles) ?? ["member"],
    }, place.now());
    if (!await addUser(place.store, user)) {
      throw new UsageError("there is an account with this address already");
    }
    const details = { roles: rolesOf(user).join(" ") };
    await place.record({ type: "user_created", subject: user.user_id, organization_id, details });
    return { ...shownUser(user), password };
  },
}, {
  usage: "user roles USER_ID --roles member,admin,operator",
  summary: "sets what an account may do",
  async run(place, given) {
    const user = await userOf(place, given);
    const next = given.required("roles", roles);
    const change = { roles: JSON.stringify(next) };
    await changeUser(place.store, user.user_id, change, place.now());
    await place.record({
      type: "role_changed",
      subject: user.user_id,
      organization_id: user.organization_id,
      details: { roles: next.join(" ") },
    });
    return shownUser({ ...user, ...change });
  },
}, {
  usage: "user reset-password USER_ID",
  summary: "gives an account a new password, shown this once, and ends its sessions",
  async run(place, given) {
    const user = await userOf(place, given);
    const password = madePassword();
    await changePassword(place.store, user.user_id, await place.hashPassword(password));
    const { user_id, organization_id } = user;
    await place.record({ type: "password_changed", subject: user_id, organization_id });
    return { ...shownUser(user), password };
  },
}, {
  usage: "user disable USER_ID",
  summary: "ends an account's sessions and lets it sign in no more",
  run: (place, given) => setDisabled(place, given, 1),
}, {
  usage: "user enable USER_ID",
  summary: "lets a disabled account sign in again",
  run: (place, given) => setDisabled(place, given, 0),
}, {
  usage:
    "invitation create --organization SLUG [--email EMAIL] [--roles member,admin,operator] [--days DAYS]",
  summary: "lets one person register; the invitation is shown this once",
  async run(place, given) {
    const { organization_id } = await organizationOf(place, given.required("organization", organizationSlug));
    const { row, invitation } = await createInvitation(place.store, {
      organizationId: organization_id,
      email: given.optional("email", email),
      roles: given.optional("roles", roles) ?? ["member"],
      createdBy: "system",
      lifetimeSeconds: (given.optional("days", days) ?? 7) * 86_400,
    }, place.now());
    const details = { roles: rolesOf(row).join(" ") };
    await place.record({ type: "user_invited", subject: row.invitation_id, organization_id, details });
    return { invitation, expires_at: new Date(row.expires_at).toISOString() };
  },
}];
