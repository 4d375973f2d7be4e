import { createHmac } from "node:crypto";

/** What is sealed: the nonce, fresh for each time, and the ciphertext with its tag. */
export interface Sealed {
  readonly nonce: Uint8Array<ArrayBuffer>;
  readonly ciphertext: Uint8Array<ArrayBuffer>;
}

/**
 * What one master key can do, without ever showing it: keys for two purposes are derived from it by HKDF-SHA256
 * (RFC 5869), so that what protects signing keys says nothing about what protects client secrets.
 */
export interface Vault {
  /** Names the master key without giving it away; stored beside what it protects. */
  readonly id: string;
  /** AES-256-GCM with a random 96-bit nonce; `context` must be the same when it is opened. */
  seal(plaintext: Uint8Array<ArrayBuffer>, context: string): Promise<Sealed>;
  /** `undefined` if it was changed, sealed for another context or under another key. */
  open(sealed: Sealed, context: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** HMAC-SHA256 of a client's secret. */
  tag(secret: string): Uint8Array<ArrayBuffer>;
}

const encoder = new TextEncoder();

/** Makes the vault of a master key of 32 bytes. */
export async function createVault(masterKey: Uint8Array<ArrayBuffer>): Promise<Vault> {
  const root = await crypto.subtle.importKey("raw", masterKey, "HKDF", false, ["deriveKey", "deriveBits"]);
  const sealing = await crypto.subtle.deriveKey(
    hkdf("dark-tower signing keys v1"),
    root,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
  // Not by WebCrypto, which takes three times as long: every token request pays for one.
  const tagging = new Uint8Array(
    await crypto.subtle.deriveBits(hkdf("dark-tower client secrets v1"), root, 256),
  );
  const id = new Uint8Array(await crypto.subtle.deriveBits(hkdf("dark-tower master key id v1"), root, 64))
    .toHex();
  return {
    id,
    async seal(plaintext, context) {
      const nonce = crypto.getRandomValues(new Uint8Array(12));
      const ciphertext = await crypto.subtle.encrypt(gcm(nonce, context), sealing, plaintext);
      return { nonce, ciphertext: new Uint8Array(ciphertext) };
    },
    async open({ nonce, ciphertext }, context) {
      try {
        return new Uint8Array(await crypto.subtle.decrypt(gcm(nonce, context), sealing, ciphertext));
      } catch {
        return undefined;
      }
    },
    tag: (secret) => new Uint8Array(createHmac("sha256", tagging).update(secret).digest()),
  };
}

/** The master key is uniformly random, so no salt is needed (RFC 5869 §3.1). */
function hkdf(purpose: string): HkdfParams {
  return { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: encoder.encode(purpose) };
}

function gcm(nonce: Uint8Array<ArrayBuffer>, context: string): AesGcmParams {
  return { name: "AES-GCM", iv: nonce, additionalData: encoder.encode(context), tagLength: 128 };
}
