import { Buffer } from "node:buffer";
import { createHmac, createPrivateKey, type KeyObject, sign, verify } from "node:crypto";
import { CompactSign, importJWK } from "@panva/jose";
import { importJwks, isCanonicalBase64url, signatureCheck } from "../../shared/auth/mod.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** An Ed25519 public key from the `x` of its JWK (RFC 8037 §2), as a verifier of ours takes it from a published set. */
export async function publicKey(x: string): Promise<KeyObject> {
  const key = (await importJwks({ keys: [{ kty: "OKP", crv: "Ed25519", kid: "k", x }] })).get("k");
  if (key === undefined) throw new Error("The key was passed over");
  return key;
}

/** Whether a signature is good, by the check that tokens go through where the message is a JWS's. */
export function isSignedBy(key: KeyObject, message: Bytes, signature: Bytes): boolean {
  return verify(null, message, key, signature);
}

/** The same for a compact JWS, by the function that our verifier calls on what is well-formed. */
export function isValidJws(key: KeyObject, jws: string): boolean {
  const parts = jws.split(".");
  return parts.length === 3 && parts.every(isCanonicalBase64url) && signatureCheck()(jws, key);
}

/** The signature that a token gets, by a private key of 32 bytes (RFC 8410 has it behind these 16). */
export function signature(secret: Bytes, message: Bytes): Bytes {
  const prefix = Uint8Array.fromHex("302e020100300506032b657004220420");
  const der = new Uint8Array([...prefix, ...secret]);
  const key = createPrivateKey({ key: Buffer.from(der), format: "der", type: "pkcs8" });
  return new Uint8Array(sign(null, message, key));
}

/** A compact JWS by an independent signer. */
export async function jwsBy(jwk: Record<string, string>, payload: string): Promise<string> {
  const key = await importJWK(jwk, "EdDSA");
  return await new CompactSign(new TextEncoder().encode(payload)).setProtectedHeader({ alg: "EdDSA" }).sign(
    key,
  );
}

export function hmacSha256(key: Bytes, message: Bytes): Bytes {
  return new Uint8Array(createHmac("sha256", key).update(message).digest());
}

export async function hkdfSha256(ikm: Bytes, salt: Bytes, info: Bytes, length: number): Promise<Bytes> {
  const key = await crypto.subtle.importKey("raw", ikm, "HKDF", false, ["deriveBits"]);
  const bits = await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info }, key, length * 8);
  return new Uint8Array(bits);
}

interface GcmInput {
  readonly key: Bytes;
  readonly iv: Bytes;
  readonly aad: Bytes;
}

/** Ciphertext with its tag behind it, as the vault stores it. */
export async function sealGcm({ key, iv, aad }: GcmInput, plaintext: Bytes): Promise<Bytes> {
  const imported = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  const options = { name: "AES-GCM", iv, additionalData: aad, tagLength: 128 };
  return new Uint8Array(await crypto.subtle.encrypt(options, imported, plaintext));
}

/** `undefined` if anything of it is not as it was. */
export async function openGcm({ key, iv, aad }: GcmInput, sealed: Bytes): Promise<Bytes | undefined> {
  const imported = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]);
  const options = { name: "AES-GCM", iv, additionalData: aad, tagLength: 128 };
  try {
    return new Uint8Array(await crypto.subtle.decrypt(options, imported, sealed));
  } catch {
    return undefined;
  }
}
