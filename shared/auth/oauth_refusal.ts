import { type HttpError, jsonResponse } from "../http/mod.ts";
import { type OAuthErrorCode, oauthErrorCode } from "../protocol/mod.ts";

/** RFC 6749 §5.1: neither a token nor a refusal of one is stored. */
export const NO_STORE = { "cache-control": "no-store", pragma: "no-cache" };

/** A refusal of the token endpoint in the form of RFC 6749 §5.2, whether its code is one of OAuth's or the contract's. */
export function oauthRefusal({ status, code, message, headers, retryAfterSeconds }: HttpError): Response {
  const retry: Record<string, string> = retryAfterSeconds === undefined
    ? {}
    : { "retry-after": String(retryAfterSeconds) };
  const { data: error = codeOf(status) } = oauthErrorCode.safeParse(code);
  // Whatever is wrong with the form itself is 400 in RFC 6749; only its size has a status of its own.
  const shown = status === 415 ? 400 : status;
  return jsonResponse(shown, { error, error_description: message }, { ...NO_STORE, ...retry, ...headers });
}

function codeOf(status: number): OAuthErrorCode {
  if (status === 429 || status === 503) return "temporarily_unavailable";
  return status >= 500 ? "server_error" : "invalid_request";
}
