import { oauthRefusal } from "../../shared/auth/mod.ts";
import { HttpError, type Layer } from "../../shared/http/mod.ts";
import { errorBody } from "../../shared/protocol/mod.ts";

const TOKEN_ENDPOINT = "/api/v1/auth/service/token";

/**
 * Gives refusals of token requests the form of RFC 6749 §5.2, in which an OAuth client reads them: this service's own
 * limits, and that the Auth Controller doesn't answer. Those that come from there have it.
 */
export function oauthRefusals(): Layer {
  return async ({ url, request }, next) => {
    const answer = await next();
    if (request.method !== "POST" || url.pathname !== TOKEN_ENDPOINT || answer.status < 400) return answer;
    const { status, statusText } = answer;
    const headers = new Headers(answer.headers);
    const text = await answer.text();
    const error = contractError(text);
    if (error === undefined) return new Response(text, { status, statusText, headers });
    headers.delete("content-length");
    const { code, message } = error;
    return oauthRefusal(new HttpError(status, code, message, { headers: Object.fromEntries(headers) }));
  };
}

function contractError(text: string) {
  try {
    return errorBody.safeParse(JSON.parse(text)).data?.error;
  } catch {
    return undefined;
  }
}
