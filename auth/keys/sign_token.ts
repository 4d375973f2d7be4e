import { sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { utf8Writer } from "../../shared/auth/mod.ts";

/** Makes tokens of one type with one key. */
export type TokenSigner = (claims: Readonly<Record<string, unknown>>) => string;

/**
 * A compact JWS (RFC 7515 §3.1) of the claims, signed by Ed25519 (RFC 8037 §3.1); the header is the same each time. In
 * this isolate: on WebCrypto's threads or in a Worker a signature costs as much in handing over as it takes here.
 */
export function tokenSigner(key: KeyObject, kid: string, typ: string): TokenSigner {
  const utf8 = utf8Writer();
  const header = base64url(utf8(JSON.stringify({ alg: "EdDSA", kid, typ })));
  return (claims) => {
    const input = `${header}.${base64url(utf8(JSON.stringify(claims)))}`;
    return `${input}.${base64url(sign(null, utf8(input), key))}`;
  };
}

function base64url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
