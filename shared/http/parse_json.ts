/** The deepest nesting. No body of ours nests deeper, and it bounds recursion over parsed values. */
const MAX_DEPTH = 32;
/** Keys that reach an object's prototype when somebody copies them onward. */
const POISON: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/**
 * Parses JSON that comes from outside.
 *
 * @throws {SyntaxError} if it is malformed, nests too deep, or has a key that could reach a prototype
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  assertHarmless(value);
  return value;
}

function assertHarmless(root: unknown): void {
  let level = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw new SyntaxError(`nested deeper than ${MAX_DEPTH} levels`);
    const below: unknown[] = [];
    for (const value of level) {
      if (typeof value !== "object" || value === null) continue;
      if (!Array.isArray(value) && Object.keys(value).some((key) => POISON.has(key))) {
        throw new SyntaxError("a key has a name that is not allowed");
      }
      for (const inner of Object.values(value)) below.push(inner);
    }
    level = below;
  }
}
