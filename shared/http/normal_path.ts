const UNRESERVED = /[\w.~-]/;

/**
 * An address's path in the one spelling that equivalent ones have in common: a character that needs no percent-encoding
 * stands for itself (RFC 3986 §6.2.2.2), as in `/health` for `/%68ealth`. All others stay as they were written, `%2F` too,
 * and so does a path with a `%` that encodes nothing: together with what follows it could encode something afterwards.
 */
export function normalPath(path: string): string {
  if (/%(?![\dA-F]{2})/i.test(path)) return path;
  return path.replaceAll(/%[\dA-F]{2}/gi, (encoded) => {
    const character = String.fromCharCode(parseInt(encoded.slice(1), 16));
    return UNRESERVED.test(character) ? character : encoded;
  });
}
