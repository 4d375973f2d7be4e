import { hash } from "node:crypto";

/**
 * SHA-256 of a text's UTF-8. Here and now: WebCrypto's `digest` hands it to another thread, and while passwords are
 * hashed on all cores, starting one holds up this thread for a millisecond.
 */
export function sha256(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hash("sha256", text, "buffer"));
}
