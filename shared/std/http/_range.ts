/** The bytes `start` to `end`, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The single range of bytes that a `Range` header asks of `size` bytes (RFC 9110 §14.1.2): `undefined` when there is
 * none to honour, `"unsatisfiable"` when it lies outside.
 */
export function byteRange(
  header: string | null,
  size: number,
): ByteRange | "unsatisfiable" | undefined {
  const [, first, last] = /^bytes=\s*(\d*)\s*-\s*(\d*)\s*$/.exec(header ?? "") ?? [];
  if (
    first === undefined || last === undefined || first + last === "" ||
    size === 0
  ) return undefined;
  const range = first === "" ? { start: Math.max(size - Number(last), 0), end: size - 1 } : {
    start: Number(first),
    end: last === "" ? size - 1 : Math.min(Number(last), size - 1),
  };
  return range.start > range.end ? "unsatisfiable" : range;
}
