import { AssertionError } from "./assertion_error.ts";

/**
 * Asserts that `expr` is truthy.
 *
 * @throws {AssertionError} with `msg` when it is not.
 * @example
 * ```ts
 * assert("hello".includes("ello"));
 * ```
 */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}
