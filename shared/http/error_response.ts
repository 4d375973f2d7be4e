import type { HttpError } from "./http_error.ts";
import { jsonResponse } from "./json_response.ts";

/** The contract's form of an error: `{"error": {"code", "message", "details"?, "retry_after_seconds"?}}`. */
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
  return jsonResponse(error.status, { error: body }, { ...retry, ...error.headers });
}
