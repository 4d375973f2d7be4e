const WELL_FORMED = /^[A-Za-z0-9._-]{8,64}$/;

/** The request id that a caller sent along, if it is well-formed, or a new one. */
export function requestId(headers: Headers): string {
  return requestIdOf(headers.get("x-request-id"));
}

/** The same for what the header says, if it is there. */
export function requestIdOf(given: unknown): string {
  return typeof given === "string" && WELL_FORMED.test(given) ? given : crypto.randomUUID();
}
