import { logUntold } from "../../shared/log/mod.ts";
import { hash, timingSafeEqual } from "node:crypto";
import { isId } from "../../shared/protocol/mod.ts";
import { refuse } from "../errors/errors.ts";
import type { Keyring } from "../keys/keyring.ts";
import { changeSecret } from "../store/clients.ts";
import type { ClientRow } from "../store/schema.ts";
import type { KnownClient } from "./client_directory.ts";
import type { ClientServices } from "./client_services.ts";

/** What is stored of a client's secret: 256 random bits need no slow hash, and a stolen table alone is of no use. */
export function tagOf(
  { current }: Keyring,
  secret: string,
): Pick<ClientRow, "secret_tag" | "master_key_id"> {
  return { secret_tag: current.tag(secret), master_key_id: current.id };
}

/** The change that gives a client a new secret; the one that it has counts for `graceMs` more. */
export function newSecret(keyring: Keyring, client: ClientRow, secret: string, now: number, graceMs: number) {
  const before = graceMs === 0
    ? { previous_tag: null, previous_master_key_id: null, previous_until: null }
    : {
      previous_tag: client.secret_tag,
      previous_master_key_id: client.master_key_id,
      previous_until: now + graceMs,
    };
  return { ...tagOf(keyring, secret), ...before };
}

/** An id that no client has: what is no id at all is looked for no less. */
const NO_ID = "-";

/** Who a client turned out to be; `clientId`: there is such a client, for the audit trail alone. */
export type Authentication =
  | { readonly ok: true; readonly known: KnownClient }
  | { readonly ok: false; readonly clientId: string | undefined; readonly reason: string };

/**
 * The client with this id and secret, unless it is disabled. An unknown id costs the same HMAC as a wrong secret; a
 * secret that was found to be right a moment ago is known by its digest, which tells nobody anything of 256 random bits.
 *
 * @throws {HttpError} 503 if the database doesn't answer
 */
export async function authenticateClient(
  { store, keyring, clientDirectory, now }: ClientServices,
  clientId: string,
  secret: string,
): Promise<Authentication> {
  const found = await clientDirectory.ask("find", { clientId: isId(clientId) ? clientId : NO_ID });
  if (!found.ok) throw refuse("OVERLOADED", { retryAfterSeconds: 1, cause: found.error });
  const known = found.value;
  const digest = hash("sha256", secret, "hex");
  if (known?.acceptedDigest === digest) return { ok: true, known };
  const client = known?.client;
  const vault = keyring.byId(client?.master_key_id ?? "") ?? keyring.current;
  const tag = vault.tag(secret);
  if (known === undefined || client === undefined) {
    return { ok: false, clientId: undefined, reason: "unknown_client" };
  }
  if (client.disabled === 1) return { ok: false, clientId, reason: "disabled" };
  if (timingSafeEqual(tag, client.secret_tag)) {
    if (vault.id !== keyring.current.id) {
      await changeSecret(store, client, tagOf(keyring, secret));
      logUntold(clientDirectory.tell("changed", { clientId }), "a client changed");
    } else {
      const told = clientDirectory.tell("accepted", { clientId, reading: known.reading, digest });
      logUntold(told, "a secret was accepted");
    }
    return { ok: true, known };
  }
  return isPreviousSecret(keyring, client, secret, now())
    ? { ok: true, known }
    : { ok: false, clientId, reason: "wrong_secret" };
}

function isPreviousSecret(keyring: Keyring, client: ClientRow, secret: string, now: number): boolean {
  const { previous_tag, previous_master_key_id, previous_until } = client;
  if (previous_tag === null || previous_until === null || previous_until <= now) return false;
  const vault = keyring.byId(previous_master_key_id ?? "");
  return vault !== undefined && timingSafeEqual(vault.tag(secret), previous_tag);
}
