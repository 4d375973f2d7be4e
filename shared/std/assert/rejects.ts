import { suffix } from "./_suffix.ts";
import { AssertionError } from "./assertion_error.ts";
import { assertIsError } from "./is_error.ts";

/**
 * Asserts that the promise which `fn` answers rejects, and resolves to what it rejected with. With `ErrorClass` that
 * has to be an error of that class, with `msgIncludes` one whose message includes that text. For a function that
 * throws by itself: {@linkcode assertThrows}.
 *
 * @throws {AssertionError} when the promise resolves or rejects with something else, or `fn` throws or returns
 * without a promise.
 * @example
 * ```ts
 * await assertRejects(() => Promise.reject(new TypeError("hello world!")), TypeError, "hello");
 * ```
 */
export function assertRejects(
  fn: () => PromiseLike<unknown>,
  msg?: string,
): Promise<unknown>;
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: abstract new (...args: never[]) => E,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  classOrMsg?: (abstract new (...args: never[]) => E) | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  const ErrorClass = typeof classOrMsg === "string" ? undefined : classOrMsg;
  const end = suffix(typeof classOrMsg === "string" ? classOrMsg : msg);
  const threw = () => new AssertionError(`Function throws when expected to reject${end}`);
  let promise: PromiseLike<unknown>;
  try {
    promise = fn();
  } catch {
    throw threw();
  }
  if (
    typeof promise !== "object" || promise === null ||
    typeof promise.then !== "function"
  ) throw threw();
  try {
    await promise;
  } catch (error) {
    if (ErrorClass !== undefined) {
      if (!(error instanceof Error)) {
        throw new AssertionError(`A non-Error object was rejected${end}`);
      }
      assertIsError(error, ErrorClass, msgIncludes, msg);
    }
    return error;
  }
  throw new AssertionError(`Expected function to reject${end}`);
}
