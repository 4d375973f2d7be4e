import { stripVTControlCharacters as plain } from "node:util";
import { suffix } from "./_suffix.ts";
import { AssertionError } from "./assertion_error.ts";

/**
 * Asserts that `error` is an `Error`, of the class `ErrorClass` if one is given, with a message that includes (a
 * string) or matches (a regular expression) `msgMatches`. Colours in the message don't count.
 *
 * @throws {AssertionError} when one of these does not hold.
 */
export function assertIsError<E extends Error = Error>(
  error: unknown,
  ErrorClass?: abstract new (...args: never[]) => E,
  msgMatches?: string | RegExp,
  msg?: string,
): asserts error is E {
  const end = suffix(msg);
  if (!(error instanceof Error)) {
    throw new AssertionError(`Expected "error" to be an Error object${end}`);
  }
  if (ErrorClass !== undefined && !(error instanceof ErrorClass)) {
    const was = Object.getPrototypeOf(error)?.constructor?.name;
    throw new AssertionError(
      `Expected error to be instance of "${ErrorClass.name}", but was "${was}"${end}`,
    );
  }
  const message: string = error.message;
  if (!msgMatches) return;
  const matches = typeof msgMatches === "string"
    ? plain(message).includes(plain(msgMatches))
    : msgMatches.test(plain(message));
  if (matches) return;
  const wanted = typeof msgMatches === "string" ? JSON.stringify(msgMatches) : String(msgMatches);
  throw new AssertionError(
    `Expected error message to include ${wanted}, but got ${JSON.stringify(message)}${end}`,
  );
}
