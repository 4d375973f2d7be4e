import { createPublicKey, sign } from "node:crypto";
import { createKeyring, decodeMasterKeys } from "../../../auth/keys/keyring.ts";
import { openSigningKey } from "../../../auth/keys/signing_key.ts";
import { signingKeyAt, usableKeys } from "../../../auth/keys/stored_signing_keys.ts";
import type { Tables } from "../../../auth/store/schema.ts";
import { Secret } from "../../../shared/config/mod.ts";
import { connectDatabase } from "../../../shared/store/mod.ts";

/** AC's own signing key, in the hands of somebody who may try everything with it but what AC would do. */
export interface StolenKey {
  readonly kid: string;
  /** The published half: raw bytes, and as PEM. */
  readonly publicRaw: Uint8Array<ArrayBuffer>;
  readonly publicPem: string;
  /** A compact JWS of these very texts, signed well. */
  sign(header: string, payload: string): string;
}

/** Takes the signing key out of a data folder, with the master key that lies beside it. */
export async function stolenKey(dataDir: string): Promise<StolenKey> {
  const masterKey = new Secret(await Deno.readTextFile(`${dataDir}/auth/master.key`));
  const keyring = await createKeyring(decodeMasterKeys(new Secret(masterKey.reveal().trim()), undefined));
  const location = { kind: "sqlite", path: `${dataDir}/auth/auth.db` } as const;
  await using store = await connectDatabase<Tables>(location, 1);
  const now = Date.now();
  const row = signingKeyAt(await usableKeys(store.queries, now), now);
  const key = row === undefined ? undefined : await openSigningKey(keyring, row);
  if (row === undefined || key === undefined) throw new Error("There is no key that could be stolen");
  return {
    kid: row.kid,
    publicRaw: Uint8Array.fromBase64(row.public_x, { alphabet: "base64url" }),
    publicPem: String(createPublicKey(key).export({ format: "pem", type: "spki" })),
    sign(header, payload) {
      const input = `${base64url(header)}.${base64url(payload)}`;
      return `${input}.${bytesToBase64url(sign(null, new TextEncoder().encode(input), key))}`;
    },
  };
}

export function base64url(text: string): string {
  return bytesToBase64url(new TextEncoder().encode(text));
}

export function bytesToBase64url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
