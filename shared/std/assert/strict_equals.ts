import { diff } from "./_diff.ts";
import { format } from "./_format.ts";
import { suffix } from "./_suffix.ts";
import { AssertionError } from "./assertion_error.ts";

/**
 * Asserts that `actual` and `expected` are the same value, by `Object.is`.
 *
 * @throws {AssertionError} when they are not; says so when only the references differ.
 */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  if (Object.is(actual, expected)) return;
  const [left, right] = [format(actual), format(expected)];
  if (left === right) {
    const indented = left.split("\n").map((line) => `    ${line}`).join("\n");
    throw new AssertionError(
      `Values have the same structure but are not reference-equal${suffix(msg)}\n\n${indented}\n`,
    );
  }
  throw new AssertionError(
    `Values are not strictly equal${suffix(msg)}\n\n\n${diff(left, right)}`,
  );
}
