import { ensureOrganization } from "../../auth/store/organizations.ts";
import type { Tables } from "../../auth/store/schema.ts";
import type { Store } from "../../shared/store/mod.ts";
import { unrecorded } from "./unrecorded.ts";

/** Adds an organisation in which nobody can register by themselves; answers its id, which is `org-` and its short name. */
export async function addOrganization(store: Store<Tables>, slug: string): Promise<string> {
  const { organization_id } = await ensureOrganization(store, {
    organization_id: `org-${slug}`,
    slug,
    name: slug,
    open_registration: 0,
    registration_follows: 0,
    created_at: 1,
  }, unrecorded);
  return organization_id;
}
