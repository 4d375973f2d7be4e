import type { Store } from "../../shared/store/mod.ts";
import type { Keyring } from "../keys/keyring.ts";
import { randomToken } from "../keys/random_token.ts";
import type { OnChange } from "../store/audit_entry.ts";
import { addClient, changeSecret, findClient, NEW_CLIENT } from "../store/clients.ts";
import type { ClientRow, Tables } from "../store/schema.ts";
import { newSecret, tagOf } from "./client_secret.ts";

/** What changing clients needs, in a running AC and on an operator's command line. */
export interface ClientStore {
  readonly store: Store<Tables>;
  readonly keyring: Keyring;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

interface NewClient {
  readonly serviceType: string;
  readonly scope: string;
  readonly displayName: string | undefined;
  readonly clientId?: string | undefined;
}

/** Makes a client; its secret is had here and never again. `undefined` if there is one of that id. */
export async function createClient(
  { store, keyring, now }: ClientStore,
  { serviceType, scope, displayName, clientId }: NewClient,
  record: OnChange<[client: ClientRow]>,
): Promise<{ readonly client: ClientRow; readonly secret: string } | undefined> {
  const secret = randomToken(32);
  const client: ClientRow = {
    client_id: clientId ?? `${serviceType}-${randomToken(9)}`,
    service_type: serviceType,
    scope,
    display_name: displayName ?? serviceType,
    ...tagOf(keyring, secret),
    ...NEW_CLIENT,
    created_at: now(),
  };
  const isAdded = await addClient(store, client, (queries) => record(queries, client));
  return isAdded ? { client, secret } : undefined;
}

/**
 * Gives a client a new secret; the one before counts for `graceSeconds` more, also where that is another rotation's of
 * the same moment. `undefined` if the client is gone.
 */
export async function rotateSecret(
  { store, keyring, now }: ClientStore,
  clientId: string,
  graceSeconds: number,
  record: OnChange,
): Promise<string | undefined> {
  const secret = randomToken(32);
  for (;;) {
    const client = await findClient(store, clientId);
    if (client === undefined) return undefined;
    const change = newSecret(keyring, client, secret, now(), graceSeconds * 1000);
    if (await changeSecret(store, client, change, record)) return secret;
  }
}

/** A client as its operators see it. */
export function shownClient(
  { client_id, service_type, scope, display_name, created_at, disabled }: ClientRow,
) {
  return {
    client_id,
    service_type,
    scope,
    display_name,
    disabled: disabled === 1,
    created_at: new Date(created_at).toISOString(),
  };
}
