import { setCommonHeaders } from "./common_headers.ts";
import { errorResponse } from "./error_response.ts";
import type { HttpError } from "./http_error.ts";
import { requestIdOf } from "./request_id.ts";

/** A refusal by the server itself, which no handler answers. `givenId` is what the request has as `x-request-id`. */
export function serverRefusal(error: HttpError, givenId?: unknown): Response {
  const answer = errorResponse(error);
  setCommonHeaders(answer.headers, requestIdOf(givenId));
  return answer;
}
