import { displayName, organizationSlug } from "../../shared/protocol/mod.ts";
import {
  changeOrganization,
  ensureOrganization,
  findOrganization,
  listOrganizations,
} from "../store/organizations.ts";
import type { OrganizationRow } from "../store/schema.ts";
import { UsageError } from "./arguments.ts";
import { recorded } from "./command.ts";
import type { Command } from "./command.ts";
import { organizationCalled } from "./lookups.ts";

function shownOrganization(row: OrganizationRow) {
  return {
    organization_id: row.organization_id,
    slug: row.slug,
    name: row.name,
    open_registration: row.open_registration === 1,
    created_at: new Date(row.created_at).toISOString(),
  };
}

export const organizationCommands: readonly Command[] = [{
  usage: "organization create --slug SLUG --name NAME [--open]",
  summary: "makes an organisation; with --open anybody may register in it",
  async run(place, given) {
    const name = given.required("slug", organizationSlug);
    if (await findOrganization(place.store, name) !== undefined) {
      throw new UsageError(`there is an organisation "${name}" already`);
    }
    const organization_id = crypto.randomUUID();
    const entry = { type: "organization_created", subject: organization_id, organization_id } as const;
    const row = await ensureOrganization(place.store, {
      organization_id,
      slug: name,
      name: given.required("name", displayName),
      open_registration: given.has("open") ? 1 : 0,
      registration_follows: 0,
      created_at: place.now(),
    }, recorded(place, entry));
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
    const row = await organizationCalled(place, given.word(0, "SLUG"));
    const name = given.optional("name", displayName);
    if (given.has("open") && given.has("closed")) throw new UsageError("give --open or --closed, not both");
    const open = given.has("open") ? 1 : given.has("closed") ? 0 : undefined;
    if (name === undefined && open === undefined) throw new UsageError("give --name, --open or --closed");
    const change = {
      ...(name === undefined ? {} : { name }),
      ...(open === undefined ? {} : { open_registration: open }),
    };
    const { organization_id } = row;
    await changeOrganization(
      place.store,
      organization_id,
      {
        ...change,
        ...(open === undefined ? {} : { registration_follows: 0 }),
      },
      recorded(place, {
        type: "organization_changed",
        subject: organization_id,
        organization_id,
        details: change,
      }),
    );
    return shownOrganization({ ...row, ...change });
  },
}];
