import { withoutForwardedClient } from "../../shared/auth/mod.ts";
import { type Context, readBody, refuseCommon, type Route } from "../../shared/http/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import { refuse } from "../errors/errors.ts";
import type { PlacementServices } from "../placement/placement_services.ts";
import { clientHeaders } from "./client_headers.ts";

/** What it takes to forward requests to AC. */
type GatewayServices = Pick<PlacementServices, "settings" | "serviceTokens">;

/** What `fetch` doesn't send (Fetch Standard, "forbidden method"). */
const FORBIDDEN: ReadonlySet<string> = new Set(["CONNECT", "TRACE", "TRACK"]);
/** Waiting for a place in AC's bounded hashing pool included. */
const TIMEOUT_MS = 15_000;
/** RFC 9110 §7.6.1, and what speaks of this connection alone. */
const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];
/** Written anew for the next hop, or believed by nobody. */
const NOT_PASSED_ON = [
  "host",
  "content-length",
  "accept-encoding",
  "x-forwarded-for",
  "x-forwarded-host",
  "forwarded",
];
const log = logger("gateway");

/** What AC answers, at this origin: a browser needs one. AC's internal endpoints stay inside. */
export function gatewayRoutes(services: GatewayServices): Route[] {
  return ["/api/v1/auth/*", "/api/v1/admin/*", "/.well-known/*"].map((path) => ({
    // AC knows what its paths allow.
    method: "any" as const,
    path,
    handler: (context: Context) => forward(services, context),
  }));
}

async function forward(services: GatewayServices, context: Context): Promise<Response> {
  const { url, request } = context;
  assertForwardable(url.pathname);
  const hasBody = request.body !== null;
  const body = hasBody ? Uint8Array.from(await readBody(context)) : null;
  const headers = await headersFor(services, context);
  try {
    const answer = await fetch(`${services.settings.authUrl}${url.pathname}${url.search}`, {
      // AC allows OPTIONS nowhere, so that its refusal has what the path does allow.
      method: isSendable(request.method) ? request.method : "OPTIONS",
      headers,
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const { status, statusText } = answer;
    return new Response(answer.body, { status, statusText, headers: withoutHopByHop(answer.headers) });
  } catch (cause) {
    log.warn("the Auth Controller doesn't answer", { request_id: context.requestId, cause });
    throw refuse("UNAVAILABLE", {
      message: "Signing in is not available at the moment",
      retryAfterSeconds: 1,
      cause,
    });
  }
}

/** Whether `fetch` sends a method as it is: it makes `post` into `POST`, which is another one (RFC 9110 §9.1). */
function isSendable(method: string): boolean {
  return method === method.toUpperCase() && !FORBIDDEN.has(method);
}

/** @throws {HttpError} 404 for AC's internal endpoints, however their path is written */
function assertForwardable(pathname: string): void {
  let path = pathname;
  try {
    path = decodeURIComponent(pathname);
  } catch (cause) {
    throw refuseCommon("NOT_FOUND", { cause });
  }
  const isPlain = !/[\\%]|\/\/|\/\.\.?(\/|$)/.test(path);
  if (!isPlain || /\/internal(\/|$)/i.test(path)) throw refuseCommon("NOT_FOUND");
}

async function headersFor(services: GatewayServices, context: Context): Promise<Headers> {
  const { request, requestId, clientAddress, url } = context;
  const headers = withoutHopByHop(withoutForwardedClient(request.headers));
  for (const name of NOT_PASSED_ON) headers.delete(name);
  headers.set("x-request-id", requestId);
  headers.set("accept-encoding", "identity");
  const client = { address: clientAddress, host: request.headers.get("host") ?? url.host };
  for (const [name, value] of Object.entries(await clientHeaders(services, client))) {
    headers.set(name, value);
  }
  return headers;
}

function withoutHopByHop(from: Headers): Headers {
  const headers = new Headers(from);
  const named = (from.get("connection") ?? "").split(",").map((name) => name.trim()).filter(isHeaderName);
  for (const name of [...HOP_BY_HOP, ...named]) headers.delete(name);
  return headers;
}

function isHeaderName(name: string): boolean {
  return /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name);
}
