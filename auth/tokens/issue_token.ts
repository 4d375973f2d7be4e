import { refuse } from "../errors/errors.ts";
import type { IssuedToken, TokenRequest } from "./token_issuer.ts";
import type { TokenServices } from "./token_services.ts";

/** Which kind of token it is, for metrics and the audit trail. */
export type TokenKind = "user" | "service" | "meeting";

/** Who asked for a token, for the audit trail. */
export interface Asker {
  readonly actor: string;
  readonly organizationId: string | null;
  readonly address: string;
}

/**
 * Has a token made, measures and records it.
 *
 * @throws {HttpError} 429 if there were too many for this subject, 503 if none can be made at the moment
 */
export async function issueToken(
  { tokenIssuer, metrics, record, now }: TokenServices,
  kind: TokenKind,
  request: Omit<TokenRequest, "atMs">,
  asker: Asker,
): Promise<IssuedToken> {
  const startedAt = performance.now();
  const outcome = await tokenIssuer.ask("issue", { ...request, atMs: now() });
  metrics.tokenDuration.observe({}, (performance.now() - startedAt) / 1000);
  const result = outcome.ok ? "ok" : outcome.error.code;
  metrics.tokensIssued.add({ type: kind, result });
  record({
    type: outcome.ok ? "token_issued" : "token_refused",
    actor: asker.actor,
    subject: request.subject,
    organization_id: asker.organizationId,
    address: asker.address,
    result,
    details: { kind, audience: request.audience, ...(outcome.ok ? { jti: outcome.value.jti } : {}) },
  });
  if (outcome.ok) return outcome.value;
  const limited = outcome.error.code === "rate_limited";
  throw refuse(limited ? "RATE_LIMITED" : "OVERLOADED", { retryAfterSeconds: 1, cause: outcome.error });
}
