import type { Route } from "./route.ts";

/** The result of routing a request. */
export interface Match {
  /** The path as it was declared, or `(none)`. */
  readonly path: string;
  /** The route, or the refusal. */
  readonly outcome: Route | NoRoute;
  readonly groups: Readonly<Record<string, string | undefined>>;
}

/** A refusal: no route has this path (`allow` is empty), or only for the methods in `allow`. */
export interface NoRoute {
  readonly allow: readonly string[];
}

/** Makes the function that finds the route of a method and an address: the first declared one that matches. */
export function router(routes: readonly Route[]): (method: string, url: URL) => Match {
  const declared = routes.map((entry) => ({
    entry,
    methods: methodsOf(entry),
    pattern: new URLPattern({ pathname: entry.path }),
  }));
  const plain = plainMatches(declared);
  return (method, url) => plain.get(`${method} ${url.pathname}`) ?? byPattern(declared, method, url);
}

function byPattern(declared: readonly Declared[], method: string, { href }: URL): Match {
  const others: Declared[] = [];
  for (const candidate of declared) {
    const { entry, pattern } = candidate;
    const found = pattern.exec(href);
    if (found === null) continue;
    if (takes(candidate, method)) return { path: entry.path, outcome: entry, groups: found.pathname.groups };
    others.push(candidate);
  }
  const allow = [...new Set(others.flatMap(({ methods }) => methods))];
  return { path: others[0]?.entry.path ?? "(none)", outcome: { allow }, groups: {} };
}

interface Declared {
  readonly entry: Route;
  readonly methods: readonly string[] | "any";
  readonly pattern: URLPattern;
}

/** The routes without parameters, by method and path: most routes, and the most used ones. */
function plainMatches(declared: readonly Declared[]): ReadonlyMap<string, Match> {
  const matches = new Map<string, Match>();
  declared.forEach(({ entry, methods }, index) => {
    if (methods === "any" || !/^[\w/.-]+$/.test(entry.path)) return;
    const before = declared.slice(0, index);
    for (const method of methods) {
      const taken = before.some((other) =>
        takes(other, method) && other.pattern.test({ pathname: entry.path })
      );
      if (!taken) matches.set(`${method} ${entry.path}`, { path: entry.path, outcome: entry, groups: {} });
    }
  });
  return matches;
}

function takes({ methods }: Declared, method: string): boolean {
  return methods === "any" || methods.includes(method);
}

function methodsOf({ method }: Route): readonly string[] | "any" {
  if (method === "any") return method;
  const methods: readonly string[] = typeof method === "string" ? [method] : method;
  return methods.flatMap((name) => name === "GET" ? ["GET", "HEAD"] : [name]);
}
