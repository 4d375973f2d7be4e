import { Buffer } from "node:buffer";
import { createPrivateKey } from "node:crypto";
import type { KeyObject } from "node:crypto";
import type { Keyring } from "./keyring.ts";
import { randomToken } from "./random_token.ts";

/** A signing key as it is stored: the public half in the open, the private half sealed with the key id as context. */
export interface StoredSigningKey {
  readonly kid: string;
  /** The public key's 32 bytes in base64url (RFC 8037, `x`). */
  readonly public_x: string;
  readonly master_key_id: string;
  readonly nonce: Uint8Array<ArrayBuffer>;
  readonly ciphertext: Uint8Array<ArrayBuffer>;
}

/** Makes a new Ed25519 key; its private half leaves this function sealed only. */
export async function generateSigningKey(keyring: Keyring): Promise<StoredSigningKey> {
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  if (!("privateKey" in pair)) throw new TypeError("Ed25519 makes key pairs");
  const kid = randomToken(12);
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const sealed = await keyring.current.seal(pkcs8, kid);
  pkcs8.fill(0);
  return {
    kid,
    public_x: raw.toBase64({ alphabet: "base64url", omitPadding: true }),
    master_key_id: keyring.current.id,
    ...sealed,
  };
}

/**
 * The private half, fit for signing; `undefined` if no master key of ours opens it. A key of `node:crypto`, which signs
 * in half the time that WebCrypto takes.
 */
export async function openSigningKey(
  keyring: Keyring,
  stored: StoredSigningKey,
): Promise<KeyObject | undefined> {
  const pkcs8 = await keyring.byId(stored.master_key_id)?.open(stored, stored.kid);
  if (pkcs8 === undefined) return undefined;
  const key = createPrivateKey({ key: Buffer.from(pkcs8.buffer), format: "der", type: "pkcs8" });
  pkcs8.fill(0);
  return key;
}

/** The same key under the current master key, or `undefined` if it is so already or can't be opened. */
export async function resealSigningKey(
  keyring: Keyring,
  stored: StoredSigningKey,
): Promise<StoredSigningKey | undefined> {
  if (stored.master_key_id === keyring.current.id) return undefined;
  const pkcs8 = await keyring.byId(stored.master_key_id)?.open(stored, stored.kid);
  if (pkcs8 === undefined) return undefined;
  const sealed = await keyring.current.seal(pkcs8, stored.kid);
  pkcs8.fill(0);
  return { ...stored, master_key_id: keyring.current.id, ...sealed };
}
