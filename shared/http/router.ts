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

/** Makes what finds the route of a request whose address is valid: the first that was declared for it. */
export function router(routes: readonly Route[]): (request: Request) => Match {
  const declared = routes.map((entry) => ({
    entry,
    methods: methodsOf(entry),
    pattern: new URLPattern({ pathname: entry.path }),
  }));
  const plain = plainMatches(declared);
  return (request) => plain.get(`${request.method} ${pathOf(request.url)}`) ?? byPattern(declared, request);
}

function byPattern(declared: readonly Declared[], { method, url }: Request): Match {
  const others: Declared[] = [];
  for (const candidate of declared) {
    const { entry, methods, pattern } = candidate;
    const found = pattern.exec(url);
    if (found === null) continue;
    if (methods.includes(method)) return { path: entry.path, outcome: entry, groups: found.pathname.groups };
    others.push(candidate);
  }
  const allow = [...new Set(others.flatMap(({ methods }) => methods))];
  return { path: others[0]?.entry.path ?? "(none)", outcome: { allow }, groups: {} };
}

interface Declared {
  readonly entry: Route;
  readonly methods: readonly string[];
  readonly pattern: URLPattern;
}

/** The routes that a pattern isn't needed for, by method and path: most, and those that are used most. */
function plainMatches(declared: readonly Declared[]): ReadonlyMap<string, Match> {
  const matches = new Map<string, Match>();
  declared.forEach(({ entry, methods }, index) => {
    if (!/^[\w/.-]+$/.test(entry.path)) return;
    const before = declared.slice(0, index);
    for (const method of methods) {
      const taken = before.some((other) =>
        other.methods.includes(method) && other.pattern.test({ pathname: entry.path })
      );
      if (!taken) matches.set(`${method} ${entry.path}`, { path: entry.path, outcome: entry, groups: {} });
    }
  });
  return matches;
}

/** The path of an absolute URL, as it stands there. */
function pathOf(url: string): string {
  const from = url.indexOf("/", url.indexOf("://") + 3);
  const query = url.indexOf("?", from);
  return url.slice(from, query === -1 ? undefined : query);
}

function methodsOf({ method }: Route): string[] {
  const methods: readonly string[] = typeof method === "string" ? [method] : method;
  return methods.flatMap((name) => name === "GET" ? ["GET", "HEAD"] : [name]);
}
