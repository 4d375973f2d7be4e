const HOST = /^(?:\[[\dA-F:.]+\]|[\w.~!$&'()*+,;=%-]*)(?::\d*)?$/i;

/**
 * Whether a `Host` header has the form of a host with or without a port (RFC 9110 §7.2, RFC 3986 §3.2.2). With a slash, a
 * question mark or the like in it, it would decide the path of the request's address.
 */
export function isHost(text: string): boolean {
  return HOST.test(text);
}
