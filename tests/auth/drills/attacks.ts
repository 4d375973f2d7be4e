import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { decodeJwt, decodeProtectedHeader } from "@panva/jose";
import { base64url, bytesToBase64url } from "./stolen_key.ts";
import type { StolenKey } from "./stolen_key.ts";

/** A token that must be refused, and what is wrong with it. */
export type Attack = readonly [name: string, token: string];

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/**
 * What can be made of a good token: `good` passes the door in question, `others` are good at other doors, `key` signs
 * as AC does.
 */
export function attacksOn(good: string, others: readonly Attack[], key: StolenKey): Attack[] {
  const [header = "", payload = "", signature = ""] = good.split(".");
  const head = { ...decodeProtectedHeader(good) };
  const claims = { ...decodeJwt(good) };
  const stranger = generateKeyPairSync("ed25519");
  const strangerJwk = stranger.publicKey.export({ format: "jwk" });
  const now = Math.floor(Date.now() / 1000);

  const by = (headers: unknown, body: unknown = claims) =>
    key.sign(JSON.stringify(headers), JSON.stringify(body));
  const without = (name: string) =>
    Object.fromEntries(Object.entries(claims).filter(([other]) => other !== name));
  const byStranger = (headers: unknown) => {
    const input = `${base64url(JSON.stringify(headers))}.${payload}`;
    return `${input}.${bytesToBase64url(sign(null, new TextEncoder().encode(input), stranger.privateKey))}`;
  };
  const byHmac = (secret: string | Uint8Array) => {
    const input = `${base64url(JSON.stringify({ ...head, alg: "HS256" }))}.${payload}`;
    return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
  };
  const none = (alg: string) => `${base64url(JSON.stringify({ ...head, alg }))}.${payload}.`;
  const last = ALPHABET.indexOf(signature.at(-1) ?? "");

  return [
    ["alg none", none("none")],
    ["alg None", none("None")],
    ["alg nOnE, with the old signature", none("nOnE") + signature],
    ["HS256 with the public key's bytes", byHmac(key.publicRaw)],
    ["HS256 with the public key's PEM", byHmac(key.publicPem)],
    ["HS256 with an empty secret", byHmac("")],
    ["alg Ed25519 in place of EdDSA", by({ ...head, alg: "Ed25519" })],
    ["no alg", by({ kid: head.kid, typ: head.typ })],
    ["alg as a list", by({ ...head, alg: ["EdDSA"] })],
    ["signature stripped", `${header}.${payload}`],
    ["signature blank", `${header}.${payload}.`],
    ["signature of blanks", `${header}.${payload}.${" ".repeat(86)}`],
    ["signature truncated", good.slice(0, -4)],
    ["signature of zeros", `${header}.${payload}.${"A".repeat(86)}`],
    [
      "signature with a bit turned",
      `${header}.${payload}.${signature[0] === "A" ? "B" : "A"}${signature.slice(1)}`,
    ],
    ["signature with spare bits", `${header}.${payload}.${signature.slice(0, -1)}${ALPHABET[last ^ 1]}`],
    ["signature padded", `${good}==`],
    [
      "standard base64 in place of base64url",
      by({ ...head, kid: head.kid }).replace("_", "/").replace("-", "+") + "=",
    ],
    ["payload padded", `${header}.${payload}=.${signature}`],
    ["a line break in the payload", `${header}.${payload.slice(0, 8)}\n${payload.slice(8)}.${signature}`],
    ["a fourth part", `${good}.${signature}`],
    [
      "payload of somebody else under this signature",
      `${header}.${base64url(JSON.stringify({ ...claims, sub: "mallory" }))}.${signature}`,
    ],
    [
      "a header member twice",
      key.sign(`{"alg":"none",${JSON.stringify(head).slice(1)}`, JSON.stringify(claims)),
    ],
    ["a claim twice", key.sign(JSON.stringify(head), `{"sub":"mallory",${JSON.stringify(claims).slice(1)}`)],
    ["jwk of the attacker in the header", byStranger({ ...head, jwk: strangerJwk })],
    ["jku in the header", by({ ...head, jku: "http://127.0.0.1:9/jwks.json" })],
    ["x5u in the header", by({ ...head, x5u: "http://127.0.0.1:9/cert.pem" })],
    ["x5c in the header", by({ ...head, x5c: ["AAAA"] })],
    ["crit in the header", by({ ...head, crit: ["exp"] })],
    ["b64 false in the header", by({ ...head, b64: false, crit: ["b64"] })],
    ["zip in the header", by({ ...head, zip: "DEF" })],
    ["the attacker's key under this kid", byStranger(head)],
    ["an unknown kid", byStranger({ ...head, kid: "nobodys-key" })],
    ["no kid", by({ alg: head.alg, typ: head.typ })],
    ["kid as a path", by({ ...head, kid: "../../../../dev/null" })],
    ["kid as a query", by({ ...head, kid: "' UNION SELECT 'key' --" })],
    ["kid as an object", by({ ...head, kid: { $ne: "" } })],
    ["typ JWT", by({ ...head, typ: "JWT" })],
    ["typ of the other kind", by({ ...head, typ: head.typ === "at+jwt" ? "meeting+jwt" : "at+jwt" })],
    ["no typ", by({ alg: head.alg, kid: head.kid })],
    ["another aud", by(head, { ...claims, aud: "darktower:somewhere" })],
    ["several aud", by(head, { ...claims, aud: [claims.aud, "darktower:api"] })],
    ["no aud", by(head, without("aud"))],
    ["another iss", by(head, { ...claims, iss: "http://evil.example" })],
    ["iss with a slash", by(head, { ...claims, iss: `${claims.iss}/` })],
    ["no iss", by(head, without("iss"))],
    ["expired", by(head, { ...claims, iat: now - 7200, exp: now - 3600 })],
    ["no exp", by(head, without("exp"))],
    ["exp as a text", by(head, { ...claims, exp: "9999999999" })],
    [
      "exp beyond all time",
      key.sign(JSON.stringify(head), JSON.stringify(claims).replace(/"exp":\d+/, '"exp":1e400')),
    ],
    ["tomorrow's", by(head, { ...claims, iat: now + 86_400, exp: now + 90_000 })],
    ["no sub", by(head, without("sub"))],
    ["sub as an object", by(head, { ...claims, sub: { $ne: null } })],
    ["payload null", by(head, null)],
    ["payload a list", by(head, [claims])],
    ["payload no JSON", key.sign(JSON.stringify(head), "sub=mallory")],
    ["larger than 8 KiB", by(head, { ...claims, filler: "x".repeat(9000) })],
    ["rubbish", "rubbish"],
    ["dots", ".."],
    ...others,
  ];
}
