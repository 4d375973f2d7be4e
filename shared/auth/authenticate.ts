import { refuseCommon } from "../http/common_errors.ts";
import type { HttpError } from "../http/http_error.ts";
import type { Incoming } from "../http/route.ts";
import { logger } from "../log/logger.ts";
import { bearerToken } from "./bearer_token.ts";
import type { MeetingTokenClaims, ServiceTokenClaims, UserTokenClaims } from "./claims.ts";
import type { TokenRefusal, TokenVerifier, Verified } from "./token_verifier.ts";

const log = logger("authenticate");

/**
 * Verifies a request's user token, and answers its claims.
 *
 * @throws {HttpError} 401 with one text for every reason, 503 while the issuer's keys can't be had
 */
export function authenticateUser(verifier: TokenVerifier, incoming: Incoming): Promise<UserTokenClaims> {
  return authenticate(incoming, (token) => verifier.user(token));
}

/**
 * Verifies a request's service token, which must have `scope`, and answers its claims.
 *
 * @throws {HttpError} as `authenticateUser`, and 403 without the scope
 */
export async function authenticateService(
  verifier: TokenVerifier,
  incoming: Incoming,
  scope: string,
): Promise<ServiceTokenClaims> {
  const claims = await authenticate(incoming, (token) => verifier.service(token));
  if (!hasScope(claims, scope)) throw refuseCommon("FORBIDDEN", { message: `This needs the scope ${scope}` });
  return claims;
}

/**
 * Verifies a request's meeting token, and answers its claims.
 *
 * @throws {HttpError} as `authenticateUser`
 */
export function authenticateMeeting(
  verifier: TokenVerifier,
  incoming: Incoming,
  options: { expiredForSeconds?: number } = {},
): Promise<MeetingTokenClaims> {
  return authenticate(incoming, (token) => verifier.meeting(token, options));
}

/** Whether a token's `scope` claim has a scope. */
export function hasScope(claims: { readonly scope: string }, scope: string): boolean {
  return claims.scope.split(" ").includes(scope);
}

async function authenticate<C>(
  incoming: Incoming,
  verify: (token: string) => Promise<Verified<C>>,
): Promise<C> {
  const token = bearerToken(incoming.request.headers);
  if (token === undefined) throw tokenRefused(incoming);
  const outcome = await verify(token);
  if (outcome.ok) return outcome.claims;
  throw tokenRefused(incoming, outcome.reason);
}

/**
 * The refusal of every bad token, with one text for all reasons. Without a reason there was no token. `disabled`: the
 * token is good, but its account is disabled.
 */
export function tokenRefused(
  { requestId, clientAddress }: Incoming,
  reason?: TokenRefusal | "disabled",
): HttpError {
  if (reason === "unavailable") return refuseCommon("UNAVAILABLE", { retryAfterSeconds: 1 });
  if (reason !== undefined) {
    log.info("token refused", { reason, request_id: requestId, address: clientAddress });
  }
  // The reason is for the log and the audit trail; the client doesn't see it.
  return refuseCommon("UNAUTHORIZED", { cause: reason });
}
