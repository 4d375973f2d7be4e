import { AssertionError } from "./assertion_error.ts";
import { suffix } from "./_suffix.ts";

/**
 * Asserts that `actual` is not an instance of the class `unexpectedType`.
 *
 * @throws {AssertionError} when it is one.
 */
export function assertNotInstanceOf<A, T>(
  actual: A,
  unexpectedType: abstract new (...args: never[]) => T,
  msg?: string,
): asserts actual is Exclude<A, T> {
  if (!(actual instanceof unexpectedType)) return;
  throw new AssertionError(
    `Expected object to not be an instance of "${unexpectedType.name}"${suffix(msg)}`,
  );
}
