import { jsonResponse, pageOf, readQuery } from "../../shared/http/mod.ts";
import type { Context } from "../../shared/http/mod.ts";
import { organizationListQuery } from "../../shared/protocol/mod.ts";
import { refuse } from "../errors/errors.ts";
import { findOrganization } from "../store/organizations.ts";
import { authenticateAdministrator } from "./authenticate_administrator.ts";
import type { Administrator } from "./authenticate_administrator.ts";
import type { OrganizationServices } from "./organization_services.ts";

/** The organisation that an administrator sees, `undefined` for operators: they see all. */
export function ownOrAll({ roles, organizationId }: Administrator): string | undefined {
  return roles.includes("operator") ? undefined : organizationId;
}

/** Whether something of this organisation is there for an administrator: what is another tenant's is not. */
export function sees(caller: Administrator, organizationId: string): boolean {
  return (ownOrAll(caller) ?? organizationId) === organizationId;
}

/**
 * The organisation that an administrator means: their own, or, for operators, any.
 *
 * @throws {HttpError} 404 if it isn't there, or isn't theirs
 */
export async function ownOrNamed(
  { store }: OrganizationServices,
  caller: Administrator,
  slug: string | undefined,
): Promise<string> {
  if (slug === undefined) return caller.organizationId;
  const organization = await findOrganization(store, slug);
  if (organization === undefined || !sees(caller, organization.organization_id)) {
    throw refuse("ORGANIZATION_NOT_FOUND");
  }
  return organization.organization_id;
}

/** What a list shows: how its rows are read, what each is shown as, and by what the next page begins. */
interface Listing<R> {
  /** One more than `limit`, if there are more; of all organisations or one. */
  read(organizationId: string | undefined, cursor: string, limit: number): Promise<R[]>;
  show(row: R): unknown;
  cursorOf(row: R): string;
}

/** Answers with a page of a list: of the organisation that is asked for, or of all that the administrator sees. */
export async function answerList<R>(
  services: OrganizationServices,
  context: Context,
  { read, show, cursorOf }: Listing<R>,
): Promise<Response> {
  const caller = await authenticateAdministrator(services, context, "admin", "operator");
  const { organization, cursor = "", limit } = readQuery(context, organizationListQuery);
  const organizationId = organization === undefined
    ? ownOrAll(caller)
    : await ownOrNamed(services, caller, organization);
  const { items, next_cursor } = pageOf(await read(organizationId, cursor, limit), limit, cursorOf);
  return jsonResponse(200, { items: items.map(show), next_cursor });
}
