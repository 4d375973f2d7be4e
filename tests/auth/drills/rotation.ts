import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { decodeProtectedHeader } from "@panva/jose";
import { createScope } from "../../../shared/actor/mod.ts";
import {
  AUDIENCES,
  createTokenVerifier,
  httpJwksSource,
  JwksManagerActor,
} from "../../../shared/auth/mod.ts";
import type { DatabaseLocation } from "../../../shared/store/mod.ts";
import { type Answer, httpRequest, keepConnection } from "../../bench/auth/kept_connection.ts";
import { authFolder, startAuthProcess } from "../auth_process.ts";
import { basic, CLIENTS, ISSUER } from "../start_auth.ts";
import { base64url, bytesToBase64url } from "./stolen_key.ts";

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
  /** Forged tokens that were accepted, by kind. */
  readonly accepted: ReadonlyMap<string, number>;
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
  const forgeries = forgeriesOf(generateKeyPairSync("ed25519").privateKey);
  await using scope = createScope();
  let fetches = 0;
  const first = httpJwksSource(`${one.url}/.well-known/jwks.json`);
  const second = httpJwksSource(`${two.url}/.well-known/jwks.json`);
  const manager = scope.spawn(JwksManagerActor, {
    issuers: new Map([[ISSUER, (signal: AbortSignal) => (fetches++ % 2 === 0 ? first : second)(signal)]]),
    cacheMs: 1000,
  }, { capacity: 4096 });
  const verifier = createTokenVerifier({ keys: manager, audience: AUDIENCES.media });
  const seen = new Set<string>();
  const refused = new Map<string, number>();
  const accepted = new Map<string, number>();
  const startedAt = performance.now();
  const count = { issued: 0, forged: 0 };

  async function work(index: number): Promise<void> {
    using connection = await keepConnection(index % 2 === 0 ? one.port : two.port);
    while (seen.size < keys) {
      const token = accessToken(await connection.send(REQUEST));
      count.issued++;
      const outcome = await verifier.service(token);
      if (!outcome.ok) refused.set(outcome.reason, (refused.get(outcome.reason) ?? 0) + 1);
      seen.add(decodeProtectedHeader(token).kid ?? "");
      if (count.issued % 10 !== 0) continue;
      const [kind, forgery] = forgeries[count.forged++ % forgeries.length] ?? FIRST_FORGERY;
      if ((await verifier.service(forgery(token))).ok) accepted.set(kind, (accepted.get(kind) ?? 0) + 1);
    }
  }
  await Promise.all(Array.from({ length: workers }, (_, index) => work(index)));
  const perSecond = count.issued / ((performance.now() - startedAt) / 1000);
  return { ...count, accepted, perSecond, keys: seen.size, refused };
}

const { client_id, client_secret } = CLIENTS.meeting;
const AUTHORIZATION = basic(client_id, client_secret);

const BODY = "grant_type=client_credentials&scope=service.link.mh";
const HEADERS = { authorization: AUTHORIZATION, "content-type": "application/x-www-form-urlencoded" };
const PATH = "/api/v1/auth/service/token";
const REQUEST = httpRequest("POST", PATH, HEADERS, BODY);

/** A service's token, straight from AC. */
export async function issue(url: string): Promise<string> {
  const answer = await fetch(`${url}${PATH}`, { method: "POST", headers: HEADERS, body: BODY });
  return accessToken({ status: answer.status, body: await answer.text() });
}

function accessToken({ status, body }: Answer): string {
  const { access_token } = JSON.parse(body);
  if (typeof access_token !== "string") throw new Error(`AC answered ${status} and no token`);
  return access_token;
}

/** What can be made of a good token without AC's key, by kinds. */
type Forgery = readonly [kind: string, make: (token: string) => string];

const FIRST_FORGERY: Forgery = ["another subject under the old signature", (token) => {
  const [header = "", payload = "", signature = ""] = token.split(".");
  return `${header}.${base64url(otherSubject(payload))}.${signature}`;
}];

/** The forgeries of a stranger, who has a key of their own. */
function forgeriesOf(stranger: KeyObject): Forgery[] {
  const signed = (header: string, payload: string) => {
    const input = `${base64url(header)}.${base64url(payload)}`;
    return `${input}.${bytesToBase64url(sign(null, new TextEncoder().encode(input), stranger))}`;
  };
  const header = (token: string) => ({ ...decodeProtectedHeader(token) });
  const payload = (token: string) => otherSubject(token.split(".")[1] ?? "");
  return [
    FIRST_FORGERY,
    [
      "a stranger's signature under AC's kid",
      (token) => signed(JSON.stringify(header(token)), payload(token)),
    ],
    [
      "a stranger's signature under a kid of their own",
      (token) => signed(JSON.stringify({ ...header(token), kid: "strangers-key" }), payload(token)),
    ],
  ];
}

function otherSubject(payload: string): string {
  const claims = new TextDecoder().decode(Uint8Array.fromBase64(payload, { alphabet: "base64url" }));
  return claims.replace('"sub":"meeting"', '"sub":"global"');
}
