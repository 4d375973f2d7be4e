import type { HttpError } from "./http_error.ts";
import { jsonResponse } from "./json_response.ts";

/**
 * The contract's form of an error: `{"error": {"code", "message", "details"?, "retry_after_seconds"?}}`. A 503 is the last
 * answer of its connection: a balancer of connections may lead the next one to a process that can answer.
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
  const last: Record<string, string> = error.status === 503 ? { connection: "close" } : {};
  return jsonResponse(error.status, { error: body }, { ...retry, ...last, ...error.headers });
}
