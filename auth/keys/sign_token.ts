import { Buffer } from "node:buffer";
import { sign } from "node:crypto";
import type { KeyObject } from "node:crypto";

/** Makes tokens of one type with one key. */
export type TokenSigner = (claims: Readonly<Record<string, unknown>>) => string;

/** A compact JWS (RFC 7515 §3.1) of the claims, signed by Ed25519 (RFC 8037 §3.1); the header is the same each time. */
export function tokenSigner(key: KeyObject, kid: string, typ: string): TokenSigner {
  const header = base64url(JSON.stringify({ alg: "EdDSA", kid, typ }));
  return (claims) => {
    const input = `${header}.${base64url(JSON.stringify(claims))}`;
    return `${input}.${sign(null, Buffer.from(input, "latin1"), key).toString("base64url")}`;
  };
}

function base64url(text: string): string {
  return Buffer.from(text, "utf8").toString("base64url");
}
