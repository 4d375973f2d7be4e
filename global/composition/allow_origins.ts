import type { Layer } from "../../shared/http/mod.ts";

const METHODS = "GET, POST, PUT, PATCH, DELETE";
const REQUEST_HEADERS = "authorization, content-type, x-request-id";
const EXPOSED_HEADERS = "x-request-id, retry-after, location";
const PREFLIGHT_SECONDS = 600;

/** CORS for the pages of the named origins; to the others nothing is said, so that browsers keep answers from them. */
export function allowOrigins(origins: readonly string[]): Layer {
  const allowed = new Set(origins);
  return async ({ request }, next) => {
    const origin = request.headers.get("origin");
    const known = origin !== null && allowed.has(origin) ? origin : undefined;
    const isPreflight = request.method === "OPTIONS" && request.headers.has("access-control-request-method");
    const answer = known !== undefined && isPreflight ? preflight() : await next();
    if (allowed.size === 0) return answer;
    const headers = new Headers(answer.headers);
    headers.append("vary", "origin");
    if (known !== undefined) {
      headers.set("access-control-allow-origin", known);
      headers.set("access-control-allow-credentials", "true");
      headers.set("access-control-expose-headers", EXPOSED_HEADERS);
    }
    return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers });
  };
}

function preflight(): Response {
  return new Response(null, {
    status: 204,
    headers: {
      "access-control-allow-methods": METHODS,
      "access-control-allow-headers": REQUEST_HEADERS,
      "access-control-max-age": String(PREFLIGHT_SECONDS),
    },
  });
}
