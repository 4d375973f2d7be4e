import { isUniqueViolation } from "../../shared/store/mod.ts";
import type { Store } from "../../shared/store/mod.ts";
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
export async function addClient(store: Store<Tables>, client: ClientRow): Promise<boolean> {
  try {
    await store.queries.insertInto("clients").values(client).execute();
    return true;
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}

/** Changes a client; `false` if there is none of that id. */
export async function changeClient(
  store: Store<Tables>,
  clientId: string,
  change: Partial<Omit<ClientRow, "client_id" | "service_type" | "created_at">>,
): Promise<boolean> {
  const result = await store.queries.updateTable("clients").set(change).where("client_id", "=", clientId)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

type SecretChange =
  & Pick<ClientRow, "secret_tag" | "master_key_id">
  & Partial<Pick<ClientRow, "previous_tag" | "previous_master_key_id" | "previous_until">>;

/** Changes what is stored of a client's secret; `false` if it has got another one since it was read, or is gone. */
export async function changeSecret(
  store: Store<Tables>,
  { client_id, secret_tag }: ClientRow,
  change: SecretChange,
): Promise<boolean> {
  const result = await store.queries.updateTable("clients").set(change)
    .where("client_id", "=", client_id).where("secret_tag", "=", secret_tag).executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function removeClient(store: Store<Tables>, clientId: string): Promise<boolean> {
  const result = await store.queries.deleteFrom("clients").where("client_id", "=", clientId)
    .executeTakeFirst();
  return result.numDeletedRows === 1n;
}
