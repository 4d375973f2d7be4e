import type { Store } from "../../shared/store/mod.ts";
import type { Tables } from "../store/schema.ts";
import { usableKeys } from "./stored_signing_keys.ts";

/** A public key as RFC 8037 writes it. */
interface PublicJwk {
  readonly kty: "OKP";
  readonly crv: "Ed25519";
  readonly alg: "EdDSA";
  readonly use: "sig";
  readonly kid: string;
  readonly x: string;
}

/** The key set (RFC 7517) that verifies tokens at `now`: keys that will sign soon, that sign, and that signed lately. */
export async function publishedKeys(store: Store<Tables>, now: number): Promise<{ keys: PublicJwk[] }> {
  const keys = await usableKeys(store.queries, now);
  return {
    keys: keys.map(({ kid, public_x }) => ({
      kty: "OKP",
      crv: "Ed25519",
      alg: "EdDSA",
      use: "sig",
      kid,
      x: public_x,
    })),
  };
}
