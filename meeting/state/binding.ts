import { createHash } from "node:crypto";

/** A fresh binding token: 32 random bytes, in Base64url. */
export function newBindingToken(): string {
  return crypto.getRandomValues(new Uint8Array(32)).toBase64({ alphabet: "base64url", omitPadding: true });
}

/** The stored form of a binding token: its SHA-256, in Base64url. The token is random, so a fast hash is enough. */
export function bindingHash(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}
