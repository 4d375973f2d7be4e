import type { OrganizationRow } from "../store/schema.ts";
import type { OrganizationServices } from "./organization_services.ts";

/** The organisation that a request is about: the one it names, the host name's first label, or `default`. */
export async function organizationOf(
  { statements }: OrganizationServices,
  named: string | undefined,
  host: string,
): Promise<OrganizationRow | undefined> {
  if (named !== undefined) return await statements.findOrganization(named, named);
  const [label = ""] = host.toLowerCase().split(/[.:]/, 1);
  return await statements.findOrganization(label, "default");
}
