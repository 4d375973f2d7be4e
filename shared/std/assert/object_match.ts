import { assertEquals } from "./equals.ts";

type Loose = Record<PropertyKey, unknown>;

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** What of `actual` has a counterpart in `expected`, as plain objects, so that a class on either side does not count. */
function intersect(
  actual: object,
  expected: object,
  seen: Map<object, Map<object, unknown>>,
): unknown {
  const known = seen.get(actual)?.get(expected);
  if (known !== undefined) return known;
  const remember = <T>(result: T): T => {
    const results = seen.get(actual) ?? new Map<object, unknown>();
    results.set(expected, result);
    seen.set(actual, results);
    return result;
  };
  if (
    actual instanceof RegExp || actual instanceof Date ||
    actual instanceof URL || ArrayBuffer.isView(actual)
  ) {
    return actual;
  }
  if (actual instanceof Set && expected instanceof Set) {
    return new Set([...actual].filter((member) => expected.has(member)));
  }
  if (actual instanceof Map && expected instanceof Map) {
    const map = remember(new Map<unknown, unknown>());
    for (const [key, value] of actual) {
      if (expected.has(key)) map.set(key, part(value, expected.get(key), seen));
    }
    return map;
  }
  const subset: Loose = remember({});
  for (const key of Reflect.ownKeys(actual)) {
    if (Array.isArray(actual) && key === "length") continue;
    if (key in expected) {
      subset[key] = part(
        Reflect.get(actual, key),
        Reflect.get(expected, key),
        seen,
      );
    }
  }
  return subset;
}

function part(
  actual: unknown,
  expected: unknown,
  seen: Map<object, Map<object, unknown>>,
): unknown {
  return isObject(actual) && isObject(expected) &&
      Array.isArray(actual) === Array.isArray(expected)
    ? intersect(actual, expected, seen)
    : actual;
}

/**
 * Asserts that `actual` has at least what `expected` has, deeply. Arrays match by index, and may be longer; sets and
 * maps may have more members; the class of an object does not count.
 *
 * @throws {AssertionError} with a diff when it has not.
 * @throws {TypeError} when `actual` is not an object.
 * @example
 * ```ts
 * assertObjectMatch({ foo: { bar: 3, baz: 4 } }, { foo: { bar: 3 } });
 * ```
 */
export function assertObjectMatch(
  actual: object,
  expected: Loose,
  msg?: string,
): void {
  if (!isObject(actual) || !isObject(expected)) {
    const wrong = isObject(actual) ? expected : actual;
    throw new TypeError(
      `Cannot assertObjectMatch ${wrong === null ? "null" : `type ${typeof wrong}`}`,
    );
  }
  assertEquals(
    intersect(actual, expected, new Map()),
    intersect(expected, expected, new Map()),
    msg,
  );
}
