import { z } from "zod";
import { hkdfSha256, hmacSha256, isSignedBy, isValidJws, openGcm, publicKey, sealGcm } from "./primitives.ts";

const hex = z.string().transform((text) => Uint8Array.fromHex(text));
const result = z.enum(["valid", "invalid", "acceptable"]);
const file = z.object({ algorithm: z.string(), testGroups: z.array(z.unknown()) });
const base = { tcId: z.int(), comment: z.string(), result };

/** Runs the cases of one group; gives those that came out otherwise than the file says. */
type Suite = (group: unknown) => Promise<readonly string[] | undefined>;

const eddsaGroup = z.object({
  publicKey: z.object({ curve: z.literal("edwards25519"), pk: hex }),
  /** The same key as a JWK (RFC 8037 §2). */
  publicKeyJwk: z.object({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: z.string() }).optional(),
  tests: z.array(z.object({ ...base, msg: hex, sig: hex })),
});

async function eddsa(group: unknown): Promise<readonly string[]> {
  const { publicKey: { pk }, publicKeyJwk, tests } = eddsaGroup.parse(group);
  const x = publicKeyJwk?.x ?? pk.toBase64({ alphabet: "base64url", omitPadding: true });
  const key = await publicKey(x);
  return await wrong(tests, ({ msg, sig }) => isSignedBy(key, msg, sig));
}

const gcmGroup = z.object({
  ivSize: z.int(),
  keySize: z.int(),
  tests: z.array(z.object({ ...base, key: hex, iv: hex, aad: hex, msg: hex, ct: hex, tag: hex })),
});

/** Keys of 256 bits and nonces of 96 are what the vault has. */
async function gcm(group: unknown): Promise<readonly string[] | undefined> {
  const { ivSize, keySize, tests } = gcmGroup.parse(group);
  if (ivSize !== 96 || keySize !== 256) return undefined;
  return await wrong(tests, async ({ msg, ct, tag, ...input }) => {
    const opened = await openGcm(input, new Uint8Array([...ct, ...tag]));
    const sealed = await sealGcm(input, msg);
    const isOpened = opened?.toHex() === msg.toHex();
    return isOpened && sealed.toHex() === ct.toHex() + tag.toHex();
  });
}

const hkdfGroup = z.object({
  tests: z.array(z.object({ ...base, ikm: hex, salt: hex, info: hex, size: z.int(), okm: hex })),
});

async function hkdf(group: unknown): Promise<readonly string[]> {
  return await wrong(hkdfGroup.parse(group).tests, async ({ ikm, salt, info, size, okm }) => {
    try {
      return (await hkdfSha256(ikm, salt, info, size)).toHex() === okm.toHex();
    } catch {
      // More than 255 blocks can't be derived.
      return false;
    }
  });
}

const macGroup = z.object({
  tagSize: z.int(),
  tests: z.array(z.object({ ...base, key: hex, msg: hex, tag: hex })),
});

async function hmac(group: unknown): Promise<readonly string[] | undefined> {
  const { tagSize, tests } = macGroup.parse(group);
  if (tagSize !== 256) return undefined;
  return await wrong(
    tests,
    ({ key, msg, tag }) => hmacSha256(key, msg).toHex() === tag.toHex(),
  );
}

const jwsGroup = z.object({
  type: z.literal("JsonWebSignature"),
  public: z.object({ kty: z.literal("OKP"), x: z.string() }),
  tests: z.array(z.object({ ...base, jws: z.string() })),
});

async function jws(group: unknown): Promise<readonly string[] | undefined> {
  const parsed = jwsGroup.safeParse(group);
  if (!parsed.success) return undefined;
  const { public: { x }, tests } = parsed.data;
  const key = await publicKey(x);
  return await wrong(tests, ({ jws }) => isValidJws(key, jws));
}

const SUITES: Readonly<Record<string, Suite>> = {
  EDDSA: eddsa,
  "AES-GCM": gcm,
  "HKDF-SHA-256": hkdf,
  HMACSHA256: hmac,
  JWS: jws,
  "JSON Web Signature": jws,
};

async function wrong<T extends z.infer<z.ZodObject<typeof base>>>(
  tests: readonly T[],
  holds: (test: T) => boolean | Promise<boolean>,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const test of tests) {
    // What is merely acceptable may come out either way.
    if (test.result === "acceptable") continue;
    const outcome = await holds(test);
    if (outcome !== (test.result === "valid")) found.push(`${test.tcId} ${test.comment}: ${outcome}`);
  }
  return found;
}

/** What came of a file's groups: for each one that is ours to do, the cases that came out otherwise than it says. */
export interface VectorsReport {
  readonly algorithm: string;
  readonly groups: ReadonlyMap<number, readonly string[]>;
}

/**
 * Runs a file in Wycheproof's layout.
 *
 * @throws if it is in another layout, for nothing of ours, or has no group that we do
 */
export async function runVectors(text: string): Promise<VectorsReport> {
  const { algorithm, testGroups } = file.parse(JSON.parse(text));
  const suite = SUITES[algorithm];
  if (suite === undefined) throw new Error(`There is nothing of ours that does ${algorithm}`);
  const groups = new Map<number, readonly string[]>();
  for (const [index, group] of testGroups.entries()) {
    const found = await suite(group);
    if (found !== undefined) groups.set(index, found);
  }
  if (groups.size === 0) throw new Error(`No group of ${algorithm} is of a kind that is ours to do`);
  return { algorithm, groups };
}
