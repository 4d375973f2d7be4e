import type { ActorRef, Scope } from "../actor/mod.ts";
import {
  type AUDIENCES,
  createTokenVerifier,
  httpJwksSource,
  type JwksManager,
  JwksManagerActor,
  ServiceTokenActor,
  type ServiceTokens,
  tellKeyIds,
  type TokenVerifier,
} from "../auth/mod.ts";
import type { PlatformSettings } from "../config/mod.ts";

/** A service's connections to the platform: the issuer's keys, its own tokens, and the verifier of others' tokens. */
export interface Platform {
  readonly keys: ActorRef<typeof JwksManager>;
  readonly serviceTokens: ActorRef<typeof ServiceTokens>;
  readonly verifier: TokenVerifier;
  /** Hands on the ids of the issuer's current keys: unknown keys are fetched, and tokens by other keys are dropped. */
  tellKeyIds(keyIds: readonly string[]): void;
}

/** The pause before a failed request to AC is repeated. When all services start at once, AC is up a moment later. */
const RETRY_MS = 100;
/** Large, because every request under way may wait for a key or a token. */
const MAILBOX = 10_000;

/**
 * Connects a service, which accepts tokens for `audience`, to the platform. The issuer's keys are fetched at once, tokens at
 * their first use.
 */
export function connectPlatform(
  scope: Pick<Scope, "spawn">,
  { authUrl, issuer, clientId, clientSecret }: PlatformSettings,
  audience: typeof AUDIENCES[keyof typeof AUDIENCES],
): Platform {
  const keys = scope.spawn(JwksManagerActor, {
    issuers: new Map([[issuer, httpJwksSource(jwksUrl(authUrl))]]),
    retryAfterMs: RETRY_MS,
  }, { capacity: MAILBOX });
  const serviceTokens = scope.spawn(ServiceTokenActor, {
    tokenUrl: `${authUrl}/api/v1/auth/service/token`,
    clientId,
    clientSecret,
    retryAfterMs: RETRY_MS,
  }, { capacity: MAILBOX });
  return {
    keys,
    serviceTokens,
    verifier: createTokenVerifier({ keys, audience }),
    tellKeyIds: (keyIds) => tellKeyIds({ keys, tokens: serviceTokens }, issuer, keyIds),
  };
}

/** Where the Auth Controller at `authUrl` publishes its keys. */
export function jwksUrl(authUrl: string): string {
  return `${authUrl}/.well-known/jwks.json`;
}
