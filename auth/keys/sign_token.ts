import { sign } from "node:crypto";
import type { KeyObject } from "node:crypto";

/** Makes tokens of one type with one key. */
export type TokenSigner = (claims: Readonly<Record<string, unknown>>) => string;

const encoder = new TextEncoder();

/** A compact JWS (RFC 7515 §3.1) of the claims, signed by Ed25519 (RFC 8037 §3.1); the header is the same each time. */
export function tokenSigner(key: KeyObject, kid: string, typ: string): TokenSigner {
  const header = base64url(encoder.encode(JSON.stringify({ alg: "EdDSA", kid, typ })));
  return (claims) => {
    const input = `${header}.${base64url(encoder.encode(JSON.stringify(claims)))}`;
    return `${input}.${base64url(sign(null, encoder.encode(input), key))}`;
  };
}

function base64url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
