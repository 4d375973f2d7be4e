import { KeyObject, verify } from "node:crypto";
import { createScope } from "../../../shared/actor/mod.ts";
import { AUDIENCES, createTokenVerifier, JwksManagerActor, TOKEN_TYPES } from "../../../shared/auth/mod.ts";
import { createSigner } from "../../auth/signer.ts";
import type { Signer } from "../../auth/signer.ts";
import { median } from "../median.ts";
import { targetAt } from "../row.ts";
import type { Row } from "../row.ts";

const SECONDS = 3;
/** Who is measured takes turns, each with tokens that nobody has seen. */
const TURNS = 7;
/** Turns before them that count for nothing: a service that runs has had its code compiled. */
const WARM_UP_TURNS = 10;
const TOKENS_OF_TURN = 1000;
const ISSUER = "https://meet.example.org";

/** Validating tokens that were seen before, and tokens that were not, beside the bare signature check. */
export async function validationRows(): Promise<readonly Row[]> {
  const signer = await createSigner("key-1");
  await using scope = createScope();
  const keys = scope.spawn(JwksManagerActor, {
    issuers: new Map([[ISSUER, () => Promise.resolve({ jwks: { keys: [signer.jwk] } })]]),
  }, { capacity: 10_000 });
  const verifier = createTokenVerifier({ keys, audience: AUDIENCES.media });
  const tokens = await Promise.all(
    Array.from(
      { length: (WARM_UP_TURNS + TURNS) * TOKENS_OF_TURN },
      (_, index) => serviceToken(signer, index),
    ),
  );
  const check = async (token: string) => {
    if (!(await verifier.service(token)).ok) throw new Error("A good token was refused");
  };
  const bare = await bareVerifications(signer, tokens);
  const webs: number[] = [];
  const nodes: number[] = [];
  const colds: number[] = [];
  for (let turn = 0; turn < WARM_UP_TURNS + TURNS; turn++) {
    const from = turn * TOKENS_OF_TURN;
    const turns = [
      [webs, bare.web],
      [nodes, bare.node],
      [colds, (index: number) => check(tokens[index] ?? "")],
    ] as const;
    for (const [rates, work] of turns) {
      const measured = await rate(from, from + TOKENS_OF_TURN, work);
      if (turn >= WARM_UP_TURNS) rates.push(measured);
    }
  }
  const [web, node, cold] = [median(webs), median(nodes), median(colds)];
  const ratio = median(colds.map((perSecond, turn) => perSecond / (webs[turn] ?? NaN)));
  const [first = ""] = tokens;
  let warm = 0;
  const startedAt = performance.now();
  while (performance.now() - startedAt < SECONDS * 1000) {
    for (let n = 0; n < 1000; n++) await check(first);
    warm += 1000;
  }
  return [
    {
      name: "validation of a token seen before",
      value: warm / ((performance.now() - startedAt) / 1000),
      unit: "tokens/s",
      target: 50_000,
    },
    {
      name: "validation of a new token",
      value: cold,
      unit: "tokens/s",
      target: targetAt(1, cold, ratio),
      peer: `bare Ed25519 verification by WebCrypto, ${Math.round(web)}/s; by node:crypto, ${
        Math.round(node)
      }/s`,
      ratio,
    },
  ];
}

function serviceToken(signer: Signer, index: number): Promise<string> {
  const iat = Math.floor(Date.now() / 1000);
  return signer.sign({ typ: TOKEN_TYPES.access, kid: signer.kid }, {
    iss: ISSUER,
    sub: "meeting",
    jti: `token-${index}`,
    iat,
    exp: iat + 3600,
    aud: AUDIENCES.media,
    service_type: "meeting-controller",
    scope: "service.link.mh",
  });
}

/** The signature checks alone, on bytes that are ready for them: one by WebCrypto, one by `node:crypto`. */
async function bareVerifications({ jwk }: Signer, tokens: readonly string[]) {
  const publicJwk = { kty: "OKP", crv: "Ed25519", x: String(jwk.x) };
  const webKey = await crypto.subtle.importKey("jwk", publicJwk, "Ed25519", true, ["verify"]);
  const nodeKey = KeyObject.from(webKey);
  const encoder = new TextEncoder();
  const ready = tokens.map((token) => {
    const at = token.lastIndexOf(".");
    return {
      input: encoder.encode(token.slice(0, at)),
      signature: Uint8Array.fromBase64(token.slice(at + 1), { alphabet: "base64url" }),
    };
  });
  const of = (index: number) => ready[index] ?? { input: new Uint8Array(), signature: new Uint8Array() };
  return {
    web: (index: number) => crypto.subtle.verify("Ed25519", webKey, of(index).signature, of(index).input),
    node: (index: number) => Promise.resolve(verify(null, of(index).input, nodeKey, of(index).signature)),
  };
}

/** How many a second, of those from `from` up to `to`. */
async function rate(from: number, to: number, work: (index: number) => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  for (let index = from; index < to; index++) await work(index);
  return (to - from) / ((performance.now() - startedAt) / 1000);
}
