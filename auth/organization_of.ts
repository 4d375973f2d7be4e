import type { Parts } from "./parts.ts";
import { findOrganization } from "./store/organizations.ts";
import type { OrganizationRow } from "./store/schema.ts";

/** The organisation that a request is about: the one it names, the host name's first label, or `default`. */
export async function organizationOf(
  { store }: Parts,
  named: string | undefined,
  host: string,
): Promise<OrganizationRow | undefined> {
  if (named !== undefined) return await findOrganization(store, named);
  const [label = ""] = host.toLowerCase().split(/[.:]/, 1);
  return await findOrganization(store, label) ?? await findOrganization(store, "default");
}
