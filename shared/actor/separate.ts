/**
 * A deep, frozen copy of plain data (rule A16): with it, data that is shared by mistake fails a test. Objects with a
 * class of their own (references, sockets, signals) are handles and are not copied. Typed arrays are copied, and can't be
 * frozen.
 */
export function separate<T>(value: T): T {
  // The copy has the shape of the original, which TypeScript can't express.
  return copy(value, new Map()) as T;
}

function copy(value: unknown, seen: Map<object, unknown>): unknown {
  if (typeof value !== "object" || value === null) return value;
  const known = seen.get(value);
  if (known !== undefined) return known;
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    seen.set(value, items);
    for (const item of value) items.push(copy(item, seen));
    return Object.freeze(items);
  }
  if (value instanceof Map) {
    return new Map([...value].map(([key, item]) => [copy(key, seen), copy(item, seen)]));
  }
  if (value instanceof Set) return new Set([...value].map((item) => copy(item, seen)));
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof Date) {
    return structuredClone(value);
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  const fields: Record<string, unknown> = {};
  seen.set(value, fields);
  for (const [name, item] of Object.entries(value)) fields[name] = copy(item, seen);
  return Object.freeze(fields);
}
