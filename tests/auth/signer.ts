import { exportJWK, generateKeyPair } from "@panva/jose";

/** An issuer's key, to sign whatever a test wants with. */
export interface Signer {
  readonly kid: string;
  readonly jwk: Record<string, unknown>;
  readonly privateKey: CryptoKey;
  sign(header: Record<string, unknown>, payload: unknown): Promise<string>;
}

export async function createSigner(kid: string): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
  return {
    kid,
    jwk: { ...await exportJWK(publicKey), kid, alg: "EdDSA", use: "sig" },
    privateKey,
    async sign(header, payload) {
      const text = typeof payload === "string" ? payload : JSON.stringify(payload);
      const input = [JSON.stringify({ alg: "EdDSA", ...header }), text].map((part) =>
        base64url(encoder.encode(part))
      );
      const signature = await crypto.subtle.sign("Ed25519", privateKey, encoder.encode(input.join(".")));
      return `${input.join(".")}.${base64url(new Uint8Array(signature))}`;
    },
  };
}

const encoder = new TextEncoder();

function base64url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
