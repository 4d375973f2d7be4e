import { logger } from "../log/logger.ts";
import { addressSet } from "./address_set.ts";
import { clientAddress } from "./client_address.ts";
import { refuseCommon } from "./common_errors.ts";
import { errorResponse } from "./error_response.ts";
import { HttpError } from "./http_error.ts";
import type { BodyLimits } from "./read_body.ts";
import { requestId } from "./request_id.ts";
import type { Incoming, Layer, Route } from "./route.ts";
import { router } from "./router.ts";

/** What became of a request, for metrics: every label has few values. */
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
  /** Addresses and networks of proxies whose `X-Forwarded-For` counts; none unless told. */
  readonly trustedProxies?: readonly string[];
  readonly limits?: Partial<BodyLimits>;
  /** Told of every request when it was answered. */
  readonly onHandled?: (handled: Handled) => void;
  /** Milliseconds on a clock that never goes back; only differences are used. */
  readonly now?: () => number;
}

/** Where a request came from, as `Deno.serve` tells. */
export interface Peer {
  readonly remoteAddr: Deno.Addr;
}

export type Handler = (request: Request, peer: Peer) => Promise<Response>;

const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
const DEFAULT_LIMITS: BodyLimits = { maxBytes: 64 * 1024, timeoutMs: 10_000 };
const log = logger("http");

/**
 * A service's whole HTTP face as one function: request id, layers, route, errors in the contract's form.
 *
 * @throws {TypeError} if an entry of `trustedProxies` is no address or network
 */
export function createHandler(options: HandlerOptions): Handler {
  const { layers = [], now = () => performance.now() } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const trusted = addressSet(options.trustedProxies ?? []);
  const find = router(options.routes);

  return async (request, peer) => {
    const startedAt = now();
    const url = new URL(request.url);
    const match = find(request.method, url);
    const remote = peer.remoteAddr;
    const incoming: Incoming = {
      request,
      url,
      requestId: requestId(request.headers),
      clientAddress: clientAddress(
        request.headers,
        "hostname" in remote ? remote.hostname : "local",
        trusted,
      ),
      limits,
    };
    const answer = await answerOf(incoming, () => through(layers, incoming, match.run));
    options.onHandled?.({
      route: match.path,
      method: METHODS.has(request.method) ? request.method : "OTHER",
      status: answer.status,
      seconds: (now() - startedAt) / 1000,
    });
    return withHeaders(answer, incoming.requestId);
  };
}

async function through(
  layers: readonly Layer[],
  incoming: Incoming,
  run: (incoming: Incoming) => Response | Promise<Response>,
): Promise<Response> {
  const [first, ...rest] = layers;
  if (first === undefined) return await run(incoming);
  return await first(incoming, () => answerOf(incoming, () => through(rest, incoming, run)));
}

async function answerOf(incoming: Incoming, work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HttpError) return errorResponse(error);
    log.error("a request failed unexpectedly", {
      request_id: incoming.requestId,
      method: incoming.request.method,
      path: incoming.url.pathname,
      error,
    });
    return errorResponse(refuseCommon("INTERNAL"));
  }
}

function withHeaders(answer: Response, id: string): Response {
  // An upgrade's answer belongs to the runtime, and what `fetch` gave can't be changed.
  if (answer.status === 101) return answer;
  const headers = new Headers(answer.headers);
  headers.set("x-request-id", id);
  headers.set("x-content-type-options", "nosniff");
  return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers });
}
