import { suffix } from "./_suffix.ts";
import { AssertionError } from "./assertion_error.ts";
import { assertIsError } from "./is_error.ts";

/**
 * Asserts that `fn` throws, and returns what it threw. With `ErrorClass` it has to throw an error of that class, with
 * `msgIncludes` one whose message includes that text. For a function that answers a promise: {@linkcode assertRejects}.
 *
 * @throws {AssertionError} when `fn` returns, or throws something else.
 * @example
 * ```ts
 * assertThrows(() => { throw new TypeError("hello world!"); }, TypeError, "hello");
 * ```
 */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: abstract new (...args: never[]) => E,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  classOrMsg?: (abstract new (...args: never[]) => E) | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  const ErrorClass = typeof classOrMsg === "string" ? undefined : classOrMsg;
  const end = suffix(typeof classOrMsg === "string" ? classOrMsg : msg);
  try {
    fn();
  } catch (error) {
    if (ErrorClass !== undefined) {
      if (!(error instanceof Error)) {
        throw new AssertionError(`A non-Error object was thrown${end}`);
      }
      assertIsError(error, ErrorClass, msgIncludes, msg);
    }
    return error;
  }
  throw new AssertionError(`Expected function to throw${end}`);
}
