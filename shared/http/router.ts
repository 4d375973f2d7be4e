import { route } from "@std/http/unstable-route";
import type { Route } from "./route.ts";

/** Which route a request takes, before anything of it was read. */
export interface Match {
  /** The path as it was declared, or `(none)`. */
  readonly path: string;
  /** The route, or what to refuse the request with. */
  readonly outcome: Route | NoRoute;
  readonly groups: Readonly<Record<string, string | undefined>>;
}

/** Nothing is there, or something that doesn't take this method. */
export interface NoRoute {
  readonly allow: readonly string[];
}

type Take = (match: Match, request: Request, info: Deno.ServeHandlerInfo | undefined) => Promise<Response>;
type Router = (request: Request, info?: Deno.ServeHandlerInfo) => Response | Promise<Response>;

/** Finds the route of each request and hands it to `take`, also when there is none. */
export function router(routes: readonly Route[], take: Take): Router {
  const declared = routes.map((entry) => ({
    entry,
    methods: methodsOf(entry),
    pattern: new URLPattern({ pathname: entry.path }),
  }));
  const candidates = declared.map(({ entry, methods, pattern }) => ({
    pattern,
    method: methods,
    handler: (request: Request, params?: URLPatternResult, info?: Deno.ServeHandlerInfo) =>
      take({ path: entry.path, outcome: entry, groups: params?.pathname.groups ?? {} }, request, info),
  }));
  return route(candidates, (request, info) => {
    const others = declared.filter(({ pattern }) => pattern.test(request.url));
    const allow = [...new Set(others.flatMap(({ methods }) => methods))];
    return take({ path: others[0]?.entry.path ?? "(none)", outcome: { allow }, groups: {} }, request, info);
  });
}

function methodsOf({ method }: Route): string[] {
  const methods: readonly string[] = typeof method === "string" ? [method] : method;
  return methods.flatMap((name) => name === "GET" ? ["GET", "HEAD"] : [name]);
}
