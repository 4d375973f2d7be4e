import { logger } from "../log/logger.ts";
import { addressSet } from "./address_set.ts";
import { clientAddress } from "./client_address.ts";
import { setCommonHeaders } from "./common_headers.ts";
import { refuseCommon } from "./common_errors.ts";
import { endOfTurn } from "./end_of_turn.ts";
import { errorResponse } from "./error_response.ts";
import { hasKnownCoding } from "./has_known_coding.ts";
import { HttpError } from "./http_error.ts";
import type { BodyLimits } from "./body_limits.ts";
import { isHost } from "./is_host.ts";
import { normalPath } from "./normal_path.ts";
import { requestId } from "./request_id.ts";
import type { Incoming, Layer, Route } from "./route.ts";
import { router } from "./router.ts";
import type { Match } from "./router.ts";

/** A handled request, for metrics: every label has few values. */
export interface Handled {
  /** The route's path as it was declared, or `(none)`. */
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly seconds: number;
}

export interface HandlerOptions {
  readonly routes: readonly Route[];
  /** Outermost first. */
  readonly layers?: readonly Layer[];
  /** Addresses and networks of trusted proxies, whose `X-Forwarded-For` is used; none unless given. */
  readonly trustedProxies?: readonly string[];
  readonly limits?: Partial<BodyLimits>;
  /** Called for every request after its answer. */
  readonly onHandled?: (handled: Handled) => void;
  /** Milliseconds on a clock that never goes back; only differences are used. */
  readonly now?: () => number;
}

/** A handler for `Deno.serve`. Without the second argument the client's address is unknown. */
export type Handler = (request: Request, info?: Deno.ServeHandlerInfo) => Response | Promise<Response>;

/** A layer with the layers and the route below it, or the route alone. */
type Step = (incoming: Incoming, match: Match) => Response | Promise<Response>;

const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
const DEFAULT_LIMITS: BodyLimits = { maxBytes: 64 * 1024, timeoutMs: 10_000, pauseMs: 1_000 };
const log = logger("http");

/**
 * Makes a service's HTTP handler: request id, layers, route, errors in the contract's form.
 *
 * @throws {TypeError} if an entry of `trustedProxies` is no address or network
 */
export function createHandler(options: HandlerOptions): Handler {
  const { layers = [], now = () => performance.now() } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const trusted = addressSet(options.trustedProxies ?? []);
  const find = router(options.routes);
  const handle = layers.reduceRight<Step>(
    (next, layer) => (incoming, match) => layer(incoming, () => answerOf(next, incoming, match)),
    run,
  );
  const turn = endOfTurn();

  return async (request, info) => {
    const startedAt = now();
    await turn();
    const url = addressOf(request);
    if (url === null) return refused(request, badAddress());
    if (!hasKnownCoding(request.headers)) return refused(request, unknownCoding());
    const match = find(request.method, url);
    const incoming: Incoming = {
      request,
      url,
      requestId: requestId(request.headers),
      clientAddress: clientAddress(request.headers, hostnameOf(info?.remoteAddr), trusted),
      limits,
    };
    const answer = await answerOf(handle, incoming, match);
    options.onHandled?.({
      route: match.path,
      method: METHODS.has(request.method) ? request.method : "OTHER",
      status: answer.status,
      seconds: (now() - startedAt) / 1000,
    });
    return withHeaders(answer, incoming.requestId);
  };
}

/** A request's address, with its path in normal form; null for what is none. */
function addressOf({ url, headers }: Request): URL | null {
  // A `Host` header can make an invalid URL, on which a parser further down would throw, or that of another path.
  const address = isHost(headers.get("host") ?? "") ? URL.parse(url) : null;
  if (address?.pathname.includes("%")) address.pathname = normalPath(address.pathname);
  return address;
}

function badAddress(): HttpError {
  return refuseCommon("INVALID_REQUEST", { message: "The request's address is not valid" });
}

/** The connection ends, since nobody can tell what more of its bytes belong to the body. */
function unknownCoding(): HttpError {
  return refuseCommon("NOT_IMPLEMENTED", {
    message: "The request's body is in a transfer coding that is not known here; chunked is",
    headers: { connection: "close" },
  });
}

function refused({ headers }: Request, error: HttpError): Response {
  return withHeaders(errorResponse(error), requestId(headers));
}

function hostnameOf(address: Deno.Addr | undefined): string {
  return address !== undefined && "hostname" in address ? address.hostname : "local";
}

function run(incoming: Incoming, { outcome, groups }: Match): Response | Promise<Response> {
  if ("handler" in outcome) return outcome.handler({ ...incoming, params: decoded(groups) });
  if (outcome.allow.length === 0) throw refuseCommon("NOT_FOUND");
  throw refuseCommon("METHOD_NOT_ALLOWED", { headers: { allow: outcome.allow.join(", ") } });
}

function decoded(groups: Match["groups"]): Record<string, string> {
  const params: Record<string, string> = {};
  try {
    for (const [name, value] of Object.entries(groups)) {
      if (value !== undefined) params[name] = decodeURIComponent(value);
    }
  } catch (cause) {
    throw refuseCommon("NOT_FOUND", { cause });
  }
  return params;
}

async function answerOf(step: Step, incoming: Incoming, match: Match): Promise<Response> {
  try {
    return await step(incoming, match);
  } catch (error) {
    if (error instanceof HttpError) return errorResponse(error);
    log.error("a request failed unexpectedly", {
      request_id: incoming.requestId,
      method: incoming.request.method,
      route: match.path,
      error,
    });
    return errorResponse(refuseCommon("INTERNAL"));
  }
}

function withHeaders(answer: Response, id: string): Response {
  // The answer to an upgrade must be the runtime's own object.
  if (answer.status === 101) return answer;
  try {
    setCommonHeaders(answer.headers, id);
    return answer;
  } catch {
    // The headers of an answer from `fetch` are immutable.
    const headers = new Headers(answer.headers);
    setCommonHeaders(headers, id);
    return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers });
  }
}
