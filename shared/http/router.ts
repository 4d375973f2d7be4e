import { refuseCommon } from "./common_errors.ts";
import type { Context, Incoming, Route } from "./route.ts";

/** Which route a request takes: its name for metrics, and what runs it. */
export interface Match {
  readonly path: string;
  run(incoming: Incoming): Response | Promise<Response>;
}

/** Finds the route of a request; one without a route gets one that refuses it with 404, or 405 and `Allow`. */
export function router(routes: readonly Route[]): (method: string, url: URL) => Match {
  const paths = Map.groupBy(routes, (route) => route.path);
  const fixed = new Map([...paths].filter(([path]) => !/[:*({\\?+]/.test(path)));
  const patterns = [...paths].filter(([path]) => !fixed.has(path))
    .map(([path, onPath]) => ({ path, onPath, pattern: new URLPattern({ pathname: path }) }));
  return (method, url) => {
    const onPath = fixed.get(url.pathname);
    if (onPath !== undefined) return choose(url.pathname, onPath, method, {});
    for (const { path, onPath, pattern } of patterns) {
      const found = pattern.exec({ pathname: url.pathname });
      if (found !== null) return choose(path, onPath, method, found.pathname.groups);
    }
    return { path: NO_ROUTE, run: refuse("NOT_FOUND") };
  };
}

const NO_ROUTE = "(none)";

function choose(
  path: string,
  onPath: readonly Route[],
  method: string,
  groups: Readonly<Record<string, string | undefined>>,
): Match {
  const wanted = method === "HEAD" ? "GET" : method;
  const route = onPath.find((candidate) => methodsOf(candidate).some((name) => name === wanted));
  if (route === undefined) {
    const allow = onPath.flatMap(methodsOf).flatMap((name) => name === "GET" ? ["GET", "HEAD"] : [name]);
    return { path, run: refuse("METHOD_NOT_ALLOWED", { allow: [...new Set(allow)].join(", ") }) };
  }
  return { path, run: (incoming) => route.handler(withParams(incoming, groups)) };
}

function methodsOf(route: Route): readonly string[] {
  return typeof route.method === "string" ? [route.method] : route.method;
}

function withParams(incoming: Incoming, groups: Readonly<Record<string, string | undefined>>): Context {
  const params: Record<string, string> = {};
  for (const [name, value] of Object.entries(groups)) {
    if (value !== undefined) params[name] = decode(value);
  }
  return { ...incoming, params };
}

function decode(component: string): string {
  try {
    return decodeURIComponent(component);
  } catch (cause) {
    throw refuseCommon("NOT_FOUND", { cause });
  }
}

function refuse(
  code: "NOT_FOUND" | "METHOD_NOT_ALLOWED",
  headers: Record<string, string> = {},
): Match["run"] {
  return () => {
    throw refuseCommon(code, { headers });
  };
}
