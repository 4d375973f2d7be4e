import type { Store } from "../../shared/store/mod.ts";
import type { OnChange } from "./audit_entry.ts";
import type { OrganizationRow, Tables } from "./schema.ts";

/** An organisation by the short name in its addresses. */
export function findOrganization(store: Store<Tables>, slug: string): Promise<OrganizationRow | undefined> {
  return store.queries.selectFrom("organizations").selectAll().where("slug", "=", slug).executeTakeFirst();
}

/** The organisation that a row names: the database lets none go that is named. */
export function organizationById(
  { queries }: Pick<Store<Tables>, "queries">,
  organizationId: string,
): Promise<OrganizationRow> {
  return queries.selectFrom("organizations").selectAll().where("organization_id", "=", organizationId)
    .executeTakeFirstOrThrow();
}

export function listOrganizations(store: Store<Tables>): Promise<OrganizationRow[]> {
  return store.queries.selectFrom("organizations").selectAll().orderBy("slug").execute();
}

/** Adds an organisation unless there is one of that short name; gives the one that is there. */
export async function ensureOrganization(
  store: Store<Tables>,
  row: OrganizationRow,
  record: OnChange,
): Promise<OrganizationRow> {
  return await store.queries.transaction().execute(async (queries) => {
    const added = await queries.insertInto("organizations").values(row).onConflict((conflict) =>
      conflict.column("slug").doNothing()
    ).executeTakeFirst();
    if (added.numInsertedOrUpdatedRows === 1n) await record(queries);
    return await queries.selectFrom("organizations").selectAll().where("slug", "=", row.slug)
      .executeTakeFirstOrThrow();
  });
}

/**
 * Opens or closes an organisation whose registration follows the bootstrap file, if it is otherwise. One that an operator's
 * command has set stays as it is.
 */
export async function followRegistration(
  store: Store<Tables>,
  organizationId: string,
  open_registration: number,
  record: OnChange,
): Promise<void> {
  await store.queries.transaction().execute(async (queries) => {
    const { numUpdatedRows } = await queries.updateTable("organizations").set({ open_registration })
      .where("organization_id", "=", organizationId).where("registration_follows", "=", 1)
      .where("open_registration", "!=", open_registration).executeTakeFirst();
    if (numUpdatedRows === 1n) await record(queries);
  });
}

export async function changeOrganization(
  store: Store<Tables>,
  organizationId: string,
  change: Partial<Pick<OrganizationRow, "name" | "open_registration" | "registration_follows">>,
  record: OnChange,
): Promise<void> {
  await store.queries.transaction().execute(async (queries) => {
    await queries.updateTable("organizations").set(change).where("organization_id", "=", organizationId)
      .execute();
    await record(queries);
  });
}
