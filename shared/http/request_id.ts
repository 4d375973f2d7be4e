const WELL_FORMED = /^[A-Za-z0-9._-]{8,64}$/;

/** The request id that a caller sent along, if it is well-formed, or a new one. */
export function requestId(headers: Headers): string {
  const given = headers.get("x-request-id");
  return given !== null && WELL_FORMED.test(given) ? given : crypto.randomUUID();
}
