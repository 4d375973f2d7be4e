import type { ActorRef } from "../actor/mod.ts";
import { logger } from "../log/logger.ts";
import type { JwksManager } from "./jwks_manager_actor.ts";
import type { ServiceTokens } from "./service_token_actor.ts";

/** Who in a service has to know which keys there are. */
interface KeyHolders {
  readonly keys: ActorRef<typeof JwksManager>;
  readonly tokens: ActorRef<typeof ServiceTokens>;
}

/** Tells them which keys an issuer has, as it said itself or had said: others are fetched, what others signed goes. */
export function tellKeyIds({ keys, tokens }: KeyHolders, issuer: string, keyIds: readonly string[]): void {
  const outcomes = [keys.tell("published", { issuer, keyIds }), tokens.tell("published", { keyIds })];
  // It is said again with the next heartbeat.
  if (outcomes.includes("overloaded")) logger("auth").warn("the keys of an issuer could not be announced");
}
