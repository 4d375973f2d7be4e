import type { ActorRef } from "../actor/mod.ts";
import { logger } from "../log/logger.ts";
import type { JwksManager } from "./jwks_manager_actor.ts";
import type { ServiceTokens } from "./service_token_actor.ts";

/** The actors of a service that need the ids of the issuer's keys. */
interface KeyHolders {
  readonly keys: ActorRef<typeof JwksManager>;
  readonly tokens: ActorRef<typeof ServiceTokens>;
}

/** Tells the actors the ids of an issuer's current keys: unknown keys are fetched, and tokens by other keys are given up. */
export function tellKeyIds({ keys, tokens }: KeyHolders, issuer: string, keyIds: readonly string[]): void {
  const outcomes = [keys.tell("published", { issuer, keyIds }), tokens.tell("published", { keyIds })];
  // A lost message is repeated with the next heartbeat.
  if (outcomes.includes("overloaded")) logger("auth").warn("the keys of an issuer could not be announced");
}
