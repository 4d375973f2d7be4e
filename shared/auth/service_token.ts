import { fail } from "../actor/mod.ts";
import type { ActorRef, Result } from "../actor/mod.ts";
import type { NoToken } from "./fetch_service_token.ts";
import type { ServiceTokens } from "./service_token_actor.ts";

/** This service's token for some scopes of one component. A failure of the actor itself is `unavailable`, too. */
export async function serviceToken(
  actor: ActorRef<typeof ServiceTokens>,
  scope: string,
  signal?: AbortSignal,
): Promise<Result<string, NoToken>> {
  const outcome = await actor.ask("token", { scope }, signal === undefined ? {} : { signal });
  if (outcome.ok) return outcome;
  const { code, message } = outcome.error;
  return { ok: false, error: fail(code === "refused" ? "refused" : "unavailable", message) };
}
