import type { Violation } from "./violation.ts";

/** How many violations of one rule a path has today. */
export type Exceptions = Readonly<Record<string, number>>;

/**
 * What is wrong when some violations are known: each one beyond its path's number, and each number that is too high,
 * since the list of exceptions may only shrink.
 */
export function except(violations: readonly Violation[], exceptions: Exceptions): string[] {
  const byPath = Map.groupBy(violations, ({ path }) => path);
  const beyond = [...byPath].filter(([path, found]) => found.length > (exceptions[path] ?? 0));
  const mended = Object.entries(exceptions).flatMap(([path, most]) => {
    const now = byPath.get(path)?.length ?? 0;
    if (now >= most) return [];
    return [`${path} has ${now} left: ${now === 0 ? "take it out of" : "lower its number in"} exceptions.ts`];
  });
  return [...beyond.flatMap(([, found]) => found.map(({ text }) => text)), ...mended];
}
