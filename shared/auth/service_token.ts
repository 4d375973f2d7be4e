import type { ActorRef } from "../actor/mod.ts";
import { fail } from "../actor/mod.ts";
import type { ServiceTokens, TokenOutcome } from "./service_token_actor.ts";

/** Gives this service's token for some scopes of one component, from the actor's cache or from AC. */
export async function serviceToken(
  actor: ActorRef<typeof ServiceTokens>,
  scope: string,
): Promise<TokenOutcome> {
  const outcome = await actor.ask("token", { scope });
  if (!outcome.ok) return { ok: false, error: fail("unavailable", outcome.error.message) };
  return await outcome.value.token;
}
