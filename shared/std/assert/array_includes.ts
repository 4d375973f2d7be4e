import { format } from "./_format.ts";
import { suffix } from "./_suffix.ts";
import { AssertionError } from "./assertion_error.ts";
import { equal } from "./equal.ts";

/** Anything with elements and a length, except text. */
export type ArrayLikeArg<T> = ArrayLike<T> & object;

/**
 * Asserts that `actual` has, for each element of `expected`, one that is deeply equal to it, in whatever order.
 *
 * @throws {AssertionError} naming the missing ones when it has not.
 */
export function assertArrayIncludes<T>(
  actual: ArrayLikeArg<T>,
  expected: ArrayLikeArg<T>,
  msg?: string,
): void {
  const elements = Array.from(actual);
  const missing = Array.from(expected).filter((wanted) =>
    !elements.some((element) => equal(wanted, element))
  );
  if (missing.length === 0) return;
  throw new AssertionError(
    `Expected actual: "${format(actual)}" to include: "${format(expected)}"${suffix(msg)}\n` +
      `missing: ${format(missing)}`,
  );
}
