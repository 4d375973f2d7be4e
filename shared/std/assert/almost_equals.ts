import { suffix } from "./_suffix.ts";
import { AssertionError } from "./assertion_error.ts";

/**
 * Asserts that two numbers are at most `tolerance` apart; by default a ten-millionth of `expected`.
 *
 * @throws {AssertionError} when they are further apart.
 * @example
 * ```ts
 * assertAlmostEquals(0.1 + 0.2, 0.3);
 * ```
 */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  msg?: string,
): void {
  if (Object.is(actual, expected)) return;
  const allowed = tolerance ??
    (Number.isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7);
  const delta = Math.abs(expected - actual);
  if (delta <= allowed) return;
  const short = (value: number) => Number.isInteger(value) ? String(value) : value.toExponential();
  throw new AssertionError(
    `Expected actual: "${short(actual)}" to be close to "${short(expected)}": ` +
      `delta "${short(delta)}" is greater than "${short(allowed)}"${suffix(msg)}`,
  );
}
