import { suffix } from "./_suffix.ts";
import { AssertionError } from "./assertion_error.ts";

/** Any class, abstract ones too. */
export type AnyConstructor = abstract new (...args: never[]) => unknown;

/** The class of an instance of `C`. */
export type GetConstructorType<C extends AnyConstructor> = InstanceType<C>;

function nameOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  const name: unknown = Reflect.get(value, "constructor")?.name;
  return typeof name === "string" ? name : "Object";
}

/**
 * Asserts that `actual` is an instance of the class `expectedType`.
 *
 * @throws {AssertionError} when it is not.
 */
export function assertInstanceOf<T extends AnyConstructor>(
  actual: unknown,
  expectedType: T,
  msg = "",
): asserts actual is InstanceType<T> {
  if (actual instanceof expectedType) return;
  const wanted = expectedType.name || "anonymous class";
  const got = nameOf(actual);
  const but = got === wanted
    ? ""
    : got === "function"
    ? " but was not an instanced object"
    : ` but was "${got}"`;
  throw new AssertionError(`Expected object to be an instance of "${wanted}"${but}${suffix(msg)}`);
}
