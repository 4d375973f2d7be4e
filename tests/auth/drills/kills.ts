import { createScope } from "../../../shared/actor/mod.ts";
import {
  AUDIENCES,
  createTokenVerifier,
  httpJwksSource,
  JwksManagerActor,
} from "../../../shared/auth/mod.ts";
import type { DatabaseLocation } from "../../../shared/store/mod.ts";
import { authFolder, startAuthProcess } from "../auth_process.ts";
import type { AuthProcess } from "../auth_process.ts";
import { basic, CLIENTS, ISSUER } from "../start_auth.ts";
import { issue } from "./rotation.ts";

export interface KillReport {
  readonly kills: number;
  /** Rotations that were answered before the kill, and those that were not but had happened. */
  readonly finished: number;
  readonly applied: number;
  readonly tokens: number;
  /** Why tokens from before were refused after. */
  readonly refused: readonly string[];
}

/**
 * Kills AC `times` times in the midst of a rotation, at moments spread over the time that one takes; after each it
 * starts again over what is left, and every token that was ever issued must still be good.
 */
export async function killWhileRotating(times: number, location?: DatabaseLocation): Promise<KillReport> {
  await using folder = await authFolder();
  const options = {
    folder: folder.path,
    env: {
      DT_KEY_MINIMUM_AGE_SECONDS: "0",
      DT_KEY_FORCED_MINIMUM_AGE_SECONDS: "0",
      DT_KEY_CACHE_SECONDS: "0",
      DT_KEY_PUBLISH_AHEAD_SECONDS: "0",
      ...(location?.kind === "postgres" ? { DT_DATABASE_URL: location.url } : {}),
    },
  };
  const tokens: string[] = [];
  const refused: string[] = [];
  const count = { finished: 0, applied: 0 };
  let auth = await startAuthProcess(options);
  try {
    const startedAt = performance.now();
    await rotate(auth);
    const lastsMs = performance.now() - startedAt;
    for (let kill = 0; kill < times; kill++) {
      tokens.push(await issue(auth.url));
      const before = await published(auth);
      const rotating = rotate(auth).then(() => true, () => false);
      await waited((kill / Math.max(1, times - 1)) * lastsMs);
      await auth.kill();
      const isFinished = await rotating;
      auth = await startAuthProcess(options);
      const after = await published(auth);
      if (isFinished) count.finished++;
      else if (after.length > before.length) count.applied++;
      if (isFinished && after.length === before.length) refused.push("a rotation that was answered is gone");
      if (!before.every((kid) => after.includes(kid))) refused.push("a key is gone");
      tokens.push(await issue(auth.url));
      refused.push(...await refusalsOf(auth, tokens));
    }
  } finally {
    await auth.kill();
  }
  return { kills: times, ...count, tokens: tokens.length, refused };
}

async function refusalsOf({ url }: AuthProcess, tokens: readonly string[]): Promise<string[]> {
  await using scope = createScope();
  const source = httpJwksSource(`${url}/.well-known/jwks.json`);
  const keys = scope.spawn(JwksManagerActor, { issuers: new Map([[ISSUER, source]]) });
  const verifier = createTokenVerifier({ keys, audience: AUDIENCES.media });
  const reasons: string[] = [];
  for (const token of tokens) {
    const outcome = await verifier.service(token);
    if (!outcome.ok) reasons.push(outcome.reason);
  }
  return reasons;
}

async function published({ url }: AuthProcess): Promise<string[]> {
  const { keys } = await (await fetch(`${url}/.well-known/jwks.json`)).json();
  return keys.map((key: { kid: string }) => key.kid);
}

async function rotate({ url }: AuthProcess): Promise<void> {
  const { client_id, client_secret } = CLIENTS.rotator;
  const asked = await fetch(`${url}/api/v1/auth/service/token`, {
    method: "POST",
    headers: { authorization: basic(client_id, client_secret) },
    body: new URLSearchParams({ grant_type: "client_credentials" }),
  });
  const { access_token } = await asked.json();
  const answer = await fetch(`${url}/api/v1/auth/internal/rotate-keys`, {
    method: "POST",
    headers: { authorization: `Bearer ${access_token}` },
  });
  await answer.body?.cancel();
  if (answer.status !== 201) throw new Error(`the rotation was answered ${answer.status}`);
}

/** The kill has to come at its moment; nothing is to be waited for. */
function waited(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
