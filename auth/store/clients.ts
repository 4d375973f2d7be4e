import { isUniqueViolation } from "../../shared/store/mod.ts";
import type { Store } from "../../shared/store/mod.ts";
import type { OnChange } from "./audit_entry.ts";
import type { ClientRow, Tables } from "./schema.ts";

export function findClient(store: Store<Tables>, clientId: string): Promise<ClientRow | undefined> {
  return store.queries.selectFrom("clients").selectAll().where("client_id", "=", clientId).executeTakeFirst();
}

/** A page of clients by their ids, after `cursor`, one more than `limit` if there are more. */
export function listClients(store: Store<Tables>, cursor: string, limit: number): Promise<ClientRow[]> {
  return store.queries.selectFrom("clients").selectAll().where("client_id", ">", cursor).orderBy("client_id")
    .limit(limit + 1).execute();
}

/** What a client has at first beside what its maker says. */
export const NEW_CLIENT = {
  disabled: 0,
  previous_tag: null,
  previous_master_key_id: null,
  previous_until: null,
} as const satisfies Partial<ClientRow>;

/** Adds a client; `false` if there is one of that id. */
export async function addClient(
  store: Store<Tables>,
  client: ClientRow,
  record: OnChange,
): Promise<boolean> {
  try {
    return await store.queries.transaction().execute(async (queries) => {
      await queries.insertInto("clients").values(client).execute();
      await record(queries);
      return true;
    });
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}

/** Changes a client; gives it as it was before, `undefined` if there is none of that id. */
export function changeClient(
  store: Store<Tables>,
  clientId: string,
  change: Partial<Omit<ClientRow, "client_id" | "service_type" | "created_at">>,
  record: OnChange<[before: ClientRow]>,
): Promise<ClientRow | undefined> {
  return store.queries.transaction().execute(async (queries) => {
    // Writing what is there anyway takes the row's lock before it is read, in every database.
    const before = await queries.updateTable("clients").set((eb) => ({ scope: eb.ref("scope") }))
      .where("client_id", "=", clientId).returningAll().executeTakeFirst();
    if (before === undefined) return undefined;
    await queries.updateTable("clients").set(change).where("client_id", "=", clientId).execute();
    await record(queries, before);
    return before;
  });
}

type SecretChange =
  & Pick<ClientRow, "secret_tag" | "master_key_id">
  & Partial<Pick<ClientRow, "previous_tag" | "previous_master_key_id" | "previous_until">>;

/**
 * Changes what is stored of a client's secret; `false` if it has got another one since it was read, or is gone. Without
 * `record` it is the same secret, stored another way.
 */
export function changeSecret(
  store: Store<Tables>,
  { client_id, secret_tag }: ClientRow,
  change: SecretChange,
  record?: OnChange,
): Promise<boolean> {
  return store.queries.transaction().execute(async (queries) => {
    const result = await queries.updateTable("clients").set(change)
      .where("client_id", "=", client_id).where("secret_tag", "=", secret_tag).executeTakeFirst();
    if (result.numUpdatedRows === 0n) return false;
    await record?.(queries);
    return true;
  });
}

/** Removes a client; `false` if there is none of that id. */
export function removeClient(store: Store<Tables>, clientId: string, record: OnChange): Promise<boolean> {
  return store.queries.transaction().execute(async (queries) => {
    const result = await queries.deleteFrom("clients").where("client_id", "=", clientId).executeTakeFirst();
    if (result.numDeletedRows === 0n) return false;
    await record(queries);
    return true;
  });
}
