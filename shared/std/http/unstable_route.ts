/** Answers a request that matched a route; `params` is how the URL matched the route's pattern. */
export type Handler = (
  request: Request,
  params?: URLPatternResult,
  info?: Deno.ServeHandlerInfo,
) => Response | Promise<Response>;

/** One route of {@linkcode route}. */
export interface Route {
  /** Which URLs it is for. */
  pattern: URLPattern;
  /**
   * Which method, or methods, it is for.
   *
   * @default {"GET"}
   */
  method?: string | string[];
  /** What answers. */
  handler: Handler;
}

function matchesMethod({ method = "GET" }: Route, request: Request): boolean {
  return Array.isArray(method) ? method.includes(request.method) : method === request.method;
}

/**
 * A request handler for `Deno.serve` that hands each request to the first route whose method and pattern match it,
 * and to `defaultHandler` when none does: answering 404 or 405 is up to that.
 *
 * @example
 * ```ts
 * const routes: Route[] = [{
 *   pattern: new URLPattern({ pathname: "/users/:id" }),
 *   handler: (_request, params) => new Response(params?.pathname.groups.id),
 * }];
 * Deno.serve(route(routes, () => new Response("Not found", { status: 404 })));
 * ```
 */
export function route(
  routes: Route[],
  defaultHandler: (
    request: Request,
    info?: Deno.ServeHandlerInfo,
  ) => Response | Promise<Response>,
): (
  request: Request,
  info?: Deno.ServeHandlerInfo,
) => Response | Promise<Response> {
  return (request, info) => {
    for (const candidate of routes) {
      if (!matchesMethod(candidate, request)) continue;
      const match = candidate.pattern.exec(request.url);
      if (match !== null) return candidate.handler(request, match, info);
    }
    return defaultHandler(request, info);
  };
}
