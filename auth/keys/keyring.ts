import { StartError } from "../../shared/config/mod.ts";
import type { Secret } from "../../shared/config/mod.ts";
import { createVault } from "./vault.ts";
import type { Vault } from "./vault.ts";

/** The vault in use, and the one before it while the master key is being replaced. */
export interface Keyring {
  readonly current: Vault;
  byId(id: string): Vault | undefined;
}

/**
 * Makes the keyring of the configured master keys, each base64 of 32 bytes.
 *
 * @throws {StartError} if one of them is something else
 */
export async function createKeyring(masterKey: Secret, previous: Secret | undefined): Promise<Keyring> {
  const current = await createVault(decode("DT_MASTER_KEY", masterKey));
  const vaults = [current];
  if (previous !== undefined) vaults.push(await createVault(decode("DT_MASTER_KEY_PREVIOUS", previous)));
  return { current, byId: (id) => vaults.find((vault) => vault.id === id) };
}

function decode(name: string, key: Secret): Uint8Array<ArrayBuffer> {
  try {
    const bytes = Uint8Array.fromBase64(key.reveal());
    if (bytes.length === 32) return bytes;
  } catch {
    // Told below, without what it was.
  }
  throw new StartError(`${name} is set, but not usable; it must be base64 of exactly 32 random bytes`);
}
