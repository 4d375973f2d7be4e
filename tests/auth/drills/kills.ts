import { ROTATION_STEPS, type RotationStep } from "../../../auth/keys/rotation_steps.ts";
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
  /** How often AC was killed at which step. */
  readonly kills: ReadonlyMap<RotationStep, number>;
  readonly tokens: number;
  /** Why tokens from before were refused after, and which keys were neither the old nor the new ones. */
  readonly wrong: readonly string[];
}

/** A rotation that got this far has happened; one that didn't has not. */
const DONE: ReadonlySet<RotationStep> = new Set(["committed", "told"]);

/**
 * Kills AC `times` times in the midst of a rotation, at each step in turn, where it stands still to be killed. After
 * each it starts again over what is left: there are the old keys or the new ones, every token that was ever issued is
 * still good, and a rotation that didn't happen can be made up for at once.
 */
export async function killWhileRotating(times: number, location?: DatabaseLocation): Promise<KillReport> {
  await using folder = await authFolder();
  const env = {
    DT_KEY_MINIMUM_AGE_SECONDS: "0",
    DT_KEY_FORCED_MINIMUM_AGE_SECONDS: "0",
    DT_KEY_CACHE_SECONDS: "0",
    DT_KEY_PUBLISH_AHEAD_SECONDS: "0",
    ...(location?.kind === "postgres" ? { DT_DATABASE_URL: location.url } : {}),
  };
  const tokens: string[] = [];
  const wrong: string[] = [];
  const kills = new Map<RotationStep, number>();
  for (let kill = 0; kill < times; kill++) {
    const step = ROTATION_STEPS[kill % ROTATION_STEPS.length] ?? "key_made";
    const before = await killedAt(step, { folder: folder.path, env }, tokens);
    kills.set(step, (kills.get(step) ?? 0) + 1);
    await using auth = await startAuthProcess({ folder: folder.path, env });
    const after = await published(auth);
    const isNew = after.length === before.length + 1 && before.every((kid) => after.includes(kid));
    const isOld = after.toSorted().join() === before.toSorted().join();
    if (DONE.has(step) ? !isNew : !isOld) {
      wrong.push(`keys after a kill at ${step}: ${before} became ${after}`);
    }
    if (!DONE.has(step)) await rotate(auth);
    tokens.push(await issue(auth.url));
    wrong.push(...await refusalsOf(auth, tokens));
  }
  return { kills, tokens: tokens.length, wrong };
}

/** Kills an AC that stands still at a step of a rotation; gives the keys that there were before. */
async function killedAt(
  step: RotationStep,
  { folder, env }: { readonly folder: string; readonly env: Readonly<Record<string, string>> },
  tokens: string[],
): Promise<string[]> {
  const auth = await startAuthProcess({ folder, env: { ...env, DT_FAULT_ROTATION_STEP: step } });
  try {
    tokens.push(await issue(auth.url));
    const before = await published(auth);
    const rotating = rotate(auth).then(() => "it was answered", (error: unknown) => String(error));
    const ended = await Promise.race([auth.logged(`"step":"${step}"`), rotating]);
    if (ended !== undefined) throw new Error(`A rotation did not stand still at ${step}: ${ended}`);
    await auth.kill();
    await rotating;
    return before;
  } finally {
    await auth.kill();
  }
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
