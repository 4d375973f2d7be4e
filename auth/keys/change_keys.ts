import type { Store } from "../../shared/store/mod.ts";
import type { OnChange } from "../store/audit_entry.ts";
import type { Tables } from "../store/schema.ts";
import type { Keyring } from "./keyring.ts";
import type { OnStep } from "./rotation_steps.ts";
import { generateSigningKey } from "./signing_key.ts";
import { revokeKey, rotateKeys } from "./stored_signing_keys.ts";
import type { Revocation, Rotated, Rotation, RotationTimes } from "./stored_signing_keys.ts";

/** What changing the signing keys needs, in a running AC and on an operator's command line. */
export interface KeyStore {
  readonly store: Store<Tables>;
  readonly keyring: Keyring;
  readonly times: RotationTimes;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** Makes a new key, unless the newest is younger than `minimumAgeMs`. */
export async function makeNextKey(
  { store, keyring, times, now }: KeyStore,
  minimumAgeMs: number,
  record: OnChange<[Rotated]>,
  onStep?: OnStep,
): Promise<Rotation> {
  const fresh = await generateSigningKey(keyring);
  await onStep?.("key_made");
  const outcome = await rotateKeys(store, fresh, now(), minimumAgeMs, { times, record, onStep });
  await onStep?.("committed");
  return outcome;
}

/** Drops a key at once; `undefined` if there is no such key. */
export async function dropKey(
  { store, keyring, times, now }: KeyStore,
  kid: string,
  record: OnChange<[Revocation]>,
): Promise<Revocation | undefined> {
  return await revokeKey(store, kid, await generateSigningKey(keyring), now(), times, record);
}
