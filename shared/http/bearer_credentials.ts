/**
 * The credentials of `Authorization: Bearer …`, or `undefined`. The scheme's name is case-insensitive, and one space or more
 * come after it (RFC 9110 §11.1, §11.4).
 */
export function bearerCredentials(headers: Headers): string | undefined {
  return /^Bearer +(.+)$/i.exec(headers.get("authorization") ?? "")?.[1];
}
