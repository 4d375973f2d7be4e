import { KeyObject } from "node:crypto";
import { importJWK } from "@panva/jose";
import { z } from "zod";

/** An Ed25519 public key as RFC 8037 writes it. */
const ed25519Key = z.object({
  kty: z.literal("OKP"),
  crv: z.literal("Ed25519"),
  x: z.string().length(43),
  kid: z.string().min(1).max(64),
  alg: z.enum(["EdDSA", "Ed25519"]).exactOptional(),
  use: z.literal("sig").exactOptional(),
  // A published private key is a mistake, and its signatures prove nothing.
  d: z.undefined().optional(),
});

/** The most keys of one issuer: every service holds them in memory. */
export const MAX_KEYS_IN_SET = 64;

const jwks = z.object({ keys: z.array(z.unknown()).max(MAX_KEYS_IN_SET) });

/**
 * The Ed25519 verification keys of a JWK set (RFC 7517), by key id. Keys of other kinds are ignored. Of two keys with one
 * id the first counts.
 *
 * @throws {z.ZodError} if it is no key set
 */
export async function importJwks(value: unknown): Promise<Map<string, KeyObject>> {
  const keys = new Map<string, KeyObject>();
  for (const candidate of jwks.parse(value).keys) {
    const parsed = ed25519Key.safeParse(candidate);
    if (!parsed.success || keys.has(parsed.data.kid)) continue;
    const { kid, x } = parsed.data;
    const key = await importJWK({ kty: "OKP", crv: "Ed25519", x }, "EdDSA");
    if (!ArrayBuffer.isView(key)) keys.set(kid, KeyObject.from(key));
  }
  return keys;
}
