import type { Administrator } from "../door.ts";
import { refuse } from "../errors.ts";
import type { Parts } from "../parts.ts";
import { findOrganization } from "../store/organizations.ts";

/** The organisation that an administrator sees, `undefined` for operators: they see all. */
export function ownOrAll({ roles, organizationId }: Administrator): string | undefined {
  return roles.includes("operator") ? undefined : organizationId;
}

/**
 * The organisation that an administrator means: their own, or, for operators, any.
 *
 * @throws {HttpError} 404 if it isn't there, or isn't theirs
 */
export async function ownOrNamed(
  { store }: Parts,
  caller: Administrator,
  slug: string | undefined,
): Promise<string> {
  if (slug === undefined) return caller.organizationId;
  const organization = await findOrganization(store, slug);
  const seen = ownOrAll(caller);
  const isTheirs = seen === undefined || organization?.organization_id === seen;
  if (organization === undefined || !isTheirs) throw refuse("ORGANIZATION_NOT_FOUND");
  return organization.organization_id;
}

/**
 * Whose rows a list shows: those of the organisation that it was asked for, or all that the administrator sees.
 *
 * @throws {HttpError} 404 if it isn't there, or isn't theirs
 */
export async function listedOrganization(
  parts: Parts,
  caller: Administrator,
  slug: string | undefined,
): Promise<string | undefined> {
  return slug === undefined ? ownOrAll(caller) : await ownOrNamed(parts, caller, slug);
}
