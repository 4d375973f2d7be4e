import { diff } from "./_diff.ts";
import { format } from "./_format.ts";
import { suffix } from "./_suffix.ts";
import { AssertionError } from "./assertion_error.ts";
import { equal } from "./equal.ts";

/**
 * Asserts that `actual` and `expected` are deeply equal, see {@linkcode equal}.
 *
 * @throws {AssertionError} with a diff of both when they are not.
 * @example
 * ```ts
 * assertEquals("world", "world");
 * ```
 */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) return;
  throw new AssertionError(
    `Values are not equal${suffix(msg)}\n\n\n${diff(format(actual), format(expected))}`,
  );
}
