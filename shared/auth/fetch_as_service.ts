import type { ActorRef, Result } from "../actor/mod.ts";
import type { NoToken } from "./fetch_service_token.ts";
import { serviceToken } from "./service_token.ts";
import type { ServiceTokens } from "./service_token_actor.ts";

/** An HTTP request of a service to another one. */
export interface ServiceRequest {
  readonly url: string;
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Sent as JSON; nothing when `undefined`. */
  readonly body?: unknown;
  /** Sent beside those of every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Aborts the whole exchange, the fetch of the token included. */
  readonly signal: AbortSignal;
  readonly fetch?: typeof fetch;
}

/**
 * Sends a request to another service with this service's token for `scope`. After a 401, which may mean that the token's
 * key was revoked, the token is given up and the request is sent once more with a fresh one. Redirects are errors.
 *
 * @throws what `fetch` throws: no answer, or none in time
 */
export async function fetchAsService(
  tokens: ActorRef<typeof ServiceTokens>,
  scope: string,
  request: ServiceRequest,
): Promise<Result<Response, NoToken>> {
  const first = await serviceToken(tokens, scope, request.signal);
  if (!first.ok) return first;
  const answer = await send(request, first.value);
  if (answer.status !== 401) return { ok: true, value: answer };
  // Without giving the token up, a second request would send the same one.
  if (tokens.tell("refused", { token: first.value }) !== "accepted") return { ok: true, value: answer };
  const second = await serviceToken(tokens, scope, request.signal);
  if (!second.ok || second.value === first.value) return { ok: true, value: answer };
  await answer.body?.cancel();
  return { ok: true, value: await send(request, second.value) };
}

function send(
  { url, method, body, headers, signal, fetch: request = fetch }: ServiceRequest,
  token: string,
): Promise<Response> {
  return request(url, {
    method,
    signal,
    redirect: "error",
    headers: {
      ...headers,
      authorization: `Bearer ${token}`,
      accept: "application/json",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}
