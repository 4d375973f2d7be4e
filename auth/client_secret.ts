import { timingSafeEqual } from "node:crypto";
import type { Keyring } from "./keys/keyring.ts";
import type { Parts } from "./parts.ts";
import { changeClient, findClient } from "./store/clients.ts";
import type { ClientRow } from "./store/schema.ts";

/** What is stored of a client's secret: 256 random bits need no slow hash, and a stolen table alone is of no use. */
export async function tagOf(
  { current }: Keyring,
  secret: string,
): Promise<Pick<ClientRow, "secret_tag" | "master_key_id">> {
  return { secret_tag: await current.tag(secret), master_key_id: current.id };
}

/** The client with this id and secret. An unknown id costs the same HMAC as a wrong secret. */
export async function authenticateClient(
  { store, keyring }: Parts,
  clientId: string,
  secret: string,
): Promise<ClientRow | undefined> {
  const client = await findClient(store, clientId);
  const vault = keyring.byId(client?.master_key_id ?? "") ?? keyring.current;
  const tag = await vault.tag(secret);
  if (client === undefined || !timingSafeEqual(tag, client.secret_tag)) return undefined;
  if (vault.id !== keyring.current.id) await changeClient(store, clientId, await tagOf(keyring, secret));
  return client;
}
