/** The token of `Authorization: Bearer …` (RFC 6750 §2.1), or `undefined`. */
export function bearerToken(headers: Headers): string | undefined {
  return /^Bearer ([A-Za-z0-9._~+/-]+=*)$/i.exec(headers.get("authorization") ?? "")?.[1];
}
