import { decodeProtectedHeader } from "@panva/jose";
import { createScope } from "../../../shared/actor/mod.ts";
import type { TokenVerifier } from "../../../shared/auth/mod.ts";
import {
  AUDIENCES,
  createTokenVerifier,
  httpJwksSource,
  JwksManagerActor,
} from "../../../shared/auth/mod.ts";
import type { DatabaseLocation } from "../../../shared/store/mod.ts";
import { authFolder, startAuthProcess } from "../auth_process.ts";
import { basic, CLIENTS, ISSUER } from "../start_auth.ts";

/** Keys that follow one another within seconds, by the rules that hold for days. */
export const FAST_KEYS = {
  DT_KEY_ROTATION_SECONDS: "2",
  DT_KEY_CHECK_SECONDS: "1",
  DT_KEY_CACHE_SECONDS: "1",
  DT_KEY_PUBLISH_AHEAD_SECONDS: "4",
};

export interface RotationReport {
  readonly issued: number;
  readonly perSecond: number;
  /** How many keys signed. */
  readonly keys: number;
  /** Valid tokens that were refused, by reason. */
  readonly refused: ReadonlyMap<string, number>;
  /** Forged tokens that were accepted. */
  readonly accepted: number;
  readonly forged: number;
}

/**
 * Two AC processes over one database issue tokens as fast as `workers` ask for them, until `keys` keys have signed;
 * a verifier that fetches keys from both checks each, and forged ones between them.
 */
export async function rotateUnderLoad(
  keys: number,
  workers: number,
  location?: DatabaseLocation,
): Promise<RotationReport> {
  await using folder = await authFolder();
  const env = {
    ...FAST_KEYS,
    ...(location?.kind === "postgres" ? { DT_DATABASE_URL: location.url } : {}),
  };
  await using one = await startAuthProcess({ folder: folder.path, env });
  await using two = await startAuthProcess({ folder: folder.path, env });
  await using scope = createScope();
  let fetches = 0;
  const sources = [one, two].map(({ url }) => httpJwksSource(`${url}/.well-known/jwks.json`));
  const manager = scope.spawn(JwksManagerActor, {
    issuers: new Map([[ISSUER, async (signal: AbortSignal) => await sources[fetches++ % 2]?.(signal)]]),
    cacheMs: 1000,
  }, { capacity: 4096 });
  const verifier = createTokenVerifier({ keys: manager, audience: AUDIENCES.media });
  const seen = new Set<string>();
  const refused = new Map<string, number>();
  const startedAt = performance.now();
  const count = { issued: 0, accepted: 0, forged: 0 };

  async function work(index: number): Promise<void> {
    const url = index % 2 === 0 ? one.url : two.url;
    while (seen.size < keys) {
      const token = await issue(url);
      count.issued++;
      const outcome = await verifier.service(token);
      if (!outcome.ok) refused.set(outcome.reason, (refused.get(outcome.reason) ?? 0) + 1);
      seen.add(decodeProtectedHeader(token).kid ?? "");
      if (count.issued % 10 === 0) {
        count.forged++;
        if (await isForgeryAccepted(verifier, token)) count.accepted++;
      }
    }
  }
  await Promise.all(Array.from({ length: workers }, (_, index) => work(index)));
  const perSecond = count.issued / ((performance.now() - startedAt) / 1000);
  return { ...count, perSecond, keys: seen.size, refused };
}

const { client_id, client_secret } = CLIENTS.meeting;
const AUTHORIZATION = basic(client_id, client_secret);

/** A service's token, straight from AC. */
export async function issue(url: string): Promise<string> {
  const answer = await fetch(`${url}/api/v1/auth/service/token`, {
    method: "POST",
    headers: { authorization: AUTHORIZATION, "content-type": "application/x-www-form-urlencoded" },
    body: "grant_type=client_credentials&scope=service.link.mh",
  });
  const { access_token } = await answer.json();
  if (typeof access_token !== "string") throw new Error(`AC answered ${answer.status} and no token`);
  return access_token;
}

/** The same token with another subject under the old signature. */
async function isForgeryAccepted(verifier: TokenVerifier, token: string): Promise<boolean> {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const claims = new TextDecoder().decode(Uint8Array.fromBase64(payload, { alphabet: "base64url" }));
  const forged = new TextEncoder().encode(claims.replace('"sub":"meeting"', '"sub":"global"'))
    .toBase64({ alphabet: "base64url", omitPadding: true });
  return (await verifier.service(`${header}.${forged}.${signature}`)).ok;
}
