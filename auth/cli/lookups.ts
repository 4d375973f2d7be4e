import { pageOf } from "../../shared/http/mod.ts";
import type { Page } from "../../shared/http/mod.ts";
import { email, organizationSlug } from "../../shared/protocol/mod.ts";
import { findOrganization } from "../store/organizations.ts";
import type { OrganizationRow, UserRow } from "../store/schema.ts";
import { findUser, findUsersByEmail } from "../store/users.ts";
import { UsageError } from "./arguments.ts";
import type { Given, Workplace } from "./command.ts";

/** How many rows a list is read at a time. */
export const PAGE = 200;

/** All rows of a list that is read in pages of `PAGE`, each with one row more than fits if there are more. */
export async function allPages<R>(
  read: (cursor: string) => Promise<R[]>,
  idOf: (row: R) => string,
): Promise<R[]> {
  const all: R[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const page: Page<R> = pageOf(await read(cursor), PAGE, idOf);
    all.push(...page.items);
    cursor = page.next_cursor;
  }
  return all;
}

/** @throws {UsageError} if there is none of this short name */
export async function organizationCalled({ store }: Workplace, slug: string): Promise<OrganizationRow> {
  const found = await findOrganization(store, slug);
  if (found === undefined) throw new UsageError(`there is no organisation "${slug}"`);
  return found;
}

/** The id of the organisation that `--organization` names; `undefined` for all. */
export async function listedOrganization(place: Workplace, given: Given): Promise<string | undefined> {
  const slug = given.optional("organization", organizationSlug);
  return slug === undefined ? undefined : (await organizationCalled(place, slug)).organization_id;
}

/**
 * The account that a command is about, by its id or, where only one organisation has it, its e-mail address.
 *
 * @throws {UsageError} if there is none, or more than one
 */
export async function userCalled({ store }: Workplace, given: Given): Promise<UserRow> {
  const name = given.word(0, "USER");
  const address = email.safeParse(name);
  const found = address.success ? await findUsersByEmail(store, address.data) : [await findUser(store, name)];
  const [user, ...others] = found;
  if (user === undefined) throw new UsageError(`there is no user "${name}"`);
  if (others.length > 0) {
    throw new UsageError(`${found.length} organisations have a user "${name}": say which one by their id`);
  }
  return user;
}
