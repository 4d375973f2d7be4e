import { format } from "./_format.ts";
import { suffix } from "./_suffix.ts";
import { AssertionError } from "./assertion_error.ts";

/**
 * Asserts that `actual` and `expected` are not the same value, by `Object.is`.
 *
 * @throws {AssertionError} when they are.
 */
export function assertNotStrictEquals<T>(
  actual: T,
  expected: T,
  msg?: string,
): void {
  if (!Object.is(actual, expected)) return;
  throw new AssertionError(
    `Expected "actual" to not be strictly equal to: ${format(actual)}${suffix(msg)}\n`,
  );
}
