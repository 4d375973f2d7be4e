type Compare = (a: unknown, b: unknown) => boolean;

/** Classes whose text says all there is to compare. */
const comparedAsText: ReadonlySet<unknown> = new Set([
  RegExp.prototype,
  URL.prototype,
  URLSearchParams.prototype,
  Intl.Locale.prototype,
]);

const sameValueZero: Compare = (a, b) => a === b || Object.is(a, b);

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

function samePrototype(a: object, b: object): boolean {
  // An object made by Object.create(null) compares as a plain one.
  const of = (value: object) => Object.getPrototypeOf(value) ?? Object.prototype;
  return of(a) === of(b);
}

function elementsOf(value: object): ArrayLike<unknown> | undefined {
  if (value instanceof DataView) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  if (ArrayBuffer.isView(value) && "length" in value) {
    return Array.from(Object.values(value));
  }
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) {
    return new Uint8Array(value);
  }
  return undefined;
}

function equalLists(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) {
    if (!sameValueZero(a[index], b[index])) return false;
  }
  return true;
}

/** Keys that may differ as references but equal in structure: every entry of `a` needs a partner of its own in `b`. */
function equalEntries(
  a: [unknown, unknown][],
  b: [unknown, unknown][],
  compare: Compare,
): boolean {
  if (a.length !== b.length) return false;
  const left = [...b];
  return a.every(([key, value]) => {
    const index = left.findIndex(([otherKey, other]) => compare(key, otherKey) && compare(value, other));
    if (index >= 0) left.splice(index, 1);
    return index >= 0;
  });
}

function keysOf(value: object): Set<PropertyKey> {
  const prototype = Object.getPrototypeOf(value);
  if (
    prototype === null || prototype === Object.prototype ||
    prototype === Array.prototype
  ) {
    const symbols = Object.getOwnPropertySymbols(value);
    return new Set([
      ...Object.keys(value),
      ...symbols.filter((key) => Object.prototype.propertyIsEnumerable.call(value, key)),
    ]);
  }
  // A class may keep what it is behind getters of its prototype, or in properties that are not enumerable.
  const keys = new Set<PropertyKey>();
  for (
    let at = value;
    at !== null && at !== Object.prototype;
    at = Object.getPrototypeOf(at)
  ) {
    for (const key of Reflect.ownKeys(at)) keys.add(key);
  }
  return keys;
}

function equalProperties(a: object, b: object, compare: Compare): boolean {
  for (const key of keysOf(a).union(keysOf(b))) {
    if (
      key in a !== key in b ||
      !compare(Reflect.get(a, key), Reflect.get(b, key))
    ) return false;
  }
  return true;
}

function equalObjects(a: object, b: object, compare: Compare): boolean {
  if (a instanceof Set && b instanceof Set) {
    const pairs = (set: Set<unknown>): [unknown, unknown][] => [...set].map((member) => [member, member]);
    return equalEntries(pairs(a), pairs(b), compare);
  }
  if (a instanceof Map && b instanceof Map) {
    return equalEntries([...a], [...b], compare);
  }
  return equalProperties(a, b, compare);
}

/**
 * Deep equality as the assertions mean it: same structure and same class; `0` equals `-0` and `NaN` equals `NaN`;
 * sets and maps whatever their order; a property that is `undefined` differs from one that is missing.
 *
 * @throws {TypeError} for two `WeakMap`s or two `WeakSet`s: their content can't be read.
 * @example
 * ```ts
 * equal({ foo: "bar" }, { foo: "bar" }); // true
 * equal({ foo: "bar" }, { foo: "baz" }); // false
 * ```
 */
export function equal(a: unknown, b: unknown): boolean {
  const seen = new Map<unknown, unknown>();
  const compare: Compare = (a, b) => {
    if (sameValueZero(a, b)) return true;
    if (!isObject(a) || !isObject(b)) return false;
    if (a instanceof Date && b instanceof Date) {
      return Object.is(a.getTime(), b.getTime());
    }
    if (!samePrototype(a, b)) return false;
    const elements = elementsOf(a);
    const others = elementsOf(b);
    if (elements !== undefined && others !== undefined) {
      return equalLists(elements, others);
    }
    if (a instanceof WeakMap) {
      throw new TypeError("Cannot compare WeakMap instances");
    }
    if (a instanceof WeakSet) {
      throw new TypeError("Cannot compare WeakSet instances");
    }
    if (a instanceof WeakRef && b instanceof WeakRef) {
      return compare(a.deref(), b.deref());
    }
    if (comparedAsText.has(Object.getPrototypeOf(a))) {
      return String(a) === String(b);
    }
    if (seen.get(a) === b) return true;
    if (Object.keys(a).length !== Object.keys(b).length) return false;
    seen.set(a, b);
    return equalObjects(a, b, compare);
  };
  return compare(a, b);
}
