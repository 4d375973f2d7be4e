import type { Secret } from "../../shared/config/mod.ts";
import { StartError } from "../../shared/service/start_error.ts";
import { createVault } from "./vault.ts";
import type { Vault } from "./vault.ts";

/** The master keys, 32 bytes each, as plain data that a Worker can be given. */
export interface MasterKeys {
  readonly current: Uint8Array<ArrayBuffer>;
  /** The one before, while it is being replaced. */
  readonly previous?: Uint8Array<ArrayBuffer>;
}

/** The vault in use, and the one before it while the master key is being replaced. */
export interface Keyring {
  readonly current: Vault;
  byId(id: string): Vault | undefined;
}

/**
 * Reads the configured master keys, each base64 of 32 bytes.
 *
 * @throws {StartError} if one of them is something else
 */
export function decodeMasterKeys(masterKey: Secret, previous: Secret | undefined): MasterKeys {
  const current = decode("DT_MASTER_KEY", masterKey);
  return previous === undefined
    ? { current }
    : { current, previous: decode("DT_MASTER_KEY_PREVIOUS", previous) };
}

export async function createKeyring({ current, previous }: MasterKeys): Promise<Keyring> {
  const vault = await createVault(current);
  const vaults = previous === undefined ? [vault] : [vault, await createVault(previous)];
  return { current: vault, byId: (id) => vaults.find((candidate) => candidate.id === id) };
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
