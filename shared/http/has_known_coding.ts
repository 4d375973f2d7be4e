/**
 * Whether a body comes in a transfer coding that is understood here: in none, or in `chunked` alone (RFC 9112 §6.1). The
 * runtime undoes `chunked` and hands on what lies below, so that `gzip, chunked` would be read as what it isn't.
 */
export function hasKnownCoding(headers: Headers): boolean {
  const coding = headers.get("transfer-encoding");
  return coding === null || coding.toLowerCase() === "chunked";
}
