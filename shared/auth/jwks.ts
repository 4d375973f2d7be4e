import { z } from "zod";

/** An Ed25519 public key as RFC 8037 writes it. */
const ed25519Key = z.object({
  kty: z.literal("OKP"),
  crv: z.literal("Ed25519"),
  x: z.string().length(43),
  kid: z.string().min(1).max(64),
  alg: z.enum(["EdDSA", "Ed25519"]).exactOptional(),
  use: z.literal("sig").exactOptional(),
  // A set that holds a private key is somebody's mistake, and that key is no longer one.
  d: z.undefined().optional(),
});

const jwks = z.object({ keys: z.array(z.unknown()).max(64) });

/**
 * The Ed25519 verification keys of a JWK set (RFC 7517), by key id. Keys of other kinds are passed over; a key id
 * that comes twice is taken once, the first.
 *
 * @throws {z.ZodError} if it is no key set
 */
export async function importJwks(value: unknown): Promise<Map<string, CryptoKey>> {
  const keys = new Map<string, CryptoKey>();
  for (const candidate of jwks.parse(value).keys) {
    const parsed = ed25519Key.safeParse(candidate);
    if (!parsed.success || keys.has(parsed.data.kid)) continue;
    const { kid, x } = parsed.data;
    const key = await crypto.subtle.importKey("jwk", { kty: "OKP", crv: "Ed25519", x }, "Ed25519", true, [
      "verify",
    ]);
    keys.set(kid, key);
  }
  return keys;
}
