import { bearerCredentials } from "../http/bearer_credentials.ts";

/** The token of `Authorization: Bearer …` (RFC 6750 §2.1), or `undefined`. */
export function bearerToken(headers: Headers): string | undefined {
  const credentials = bearerCredentials(headers);
  return credentials !== undefined && /^[A-Za-z0-9._~+/-]+=*$/.test(credentials) ? credentials : undefined;
}
