import type { HttpError } from "./http_error.ts";
import { jsonResponse } from "./json_response.ts";

/** What a client without a good credential has to show, where an error's own headers name nothing else (RFC 6750 §3). */
const CHALLENGE = 'Bearer realm="darktower"';

/**
 * The contract's form of an error: `{"error": {"code", "message", "details"?, "retry_after_seconds"?}}`. A 401 has a
 * challenge (RFC 9110 §15.5.2). A 503 is the last answer of its connection: a balancer of connections may lead the next one
 * to a process that can answer.
 */
export function errorResponse(error: HttpError): Response {
  const { code, message, details, retryAfterSeconds } = error;
  const body = {
    code,
    message,
    ...(details === undefined ? {} : { details }),
    ...(retryAfterSeconds === undefined ? {} : { retry_after_seconds: retryAfterSeconds }),
  };
  const retry: Record<string, string> = retryAfterSeconds === undefined
    ? {}
    : { "retry-after": String(retryAfterSeconds) };
  return jsonResponse(error.status, { error: body }, { ...retry, ...standing(error), ...error.headers });
}

/** What each answer of a status has. */
function standing({ status }: HttpError): Record<string, string> {
  if (status === 401) return { "www-authenticate": CHALLENGE };
  return status === 503 ? { connection: "close" } : {};
}
