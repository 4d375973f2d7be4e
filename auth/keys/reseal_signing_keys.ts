import { StartError } from "../../shared/service/start_error.ts";
import type { Store } from "../../shared/store/mod.ts";
import type { SigningKeyRow, Tables } from "../store/schema.ts";
import type { Keyring } from "./keyring.ts";
import { openSigningKey, resealSigningKey } from "./signing_key.ts";
import { replaceSealed, signingKeyAt, usableKeys } from "./stored_signing_keys.ts";

/**
 * The stored keys that count, once it is sure that the master key is the one that they are sealed with: before anything
 * is made with it.
 *
 * @throws {StartError} if the key that signs can't be opened: a wrong master key, most likely
 */
export async function openableKeys(
  store: Store<Tables>,
  keyring: Keyring,
  now: number,
): Promise<readonly SigningKeyRow[]> {
  const keys = await usableKeys(store.queries, now);
  const signing = signingKeyAt(keys, now);
  if (signing === undefined || await openSigningKey(keyring, signing) !== undefined) return keys;
  throw new StartError(
    "DT_MASTER_KEY is not the key that the stored signing keys are sealed with; " +
      "give that one, or as DT_MASTER_KEY_PREVIOUS beside the new one",
  );
}

/**
 * Puts every signing key under the current master key, which ends the replacement of a master key.
 *
 * @throws {StartError} as `openableKeys`
 */
export async function resealSigningKeys(store: Store<Tables>, keyring: Keyring, now: number): Promise<void> {
  const keys = await openableKeys(store, keyring, now);
  const resealed = await Promise.all(keys.map((key) => resealSigningKey(keyring, key)));
  await replaceSealed(store, resealed.filter((key) => key !== undefined));
}
