/** Gives an issuer's JWK set. */
export type JwksSource = (signal: AbortSignal) => Promise<JwksAnswer>;

export interface JwksAnswer {
  /** Unchecked JSON. */
  readonly jwks: unknown;
  /** How long the issuer allows to cache it. */
  readonly maxAgeMs?: number;
}

const MAX_BYTES = 64 * 1024;

/**
 * Fetches a JWK set over HTTP, to be cached for its `max-age` (RFC 9111 §5.2.2.1). Redirects are not followed: only the
 * configured address is trusted.
 */
export function httpJwksSource(url: string, request: typeof fetch = fetch): JwksSource {
  return async (signal) => {
    const answer = await request(url, { signal, redirect: "error", headers: { accept: "application/json" } });
    const text = await limited(answer, url);
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
    const seconds = /(?:^|[\s,])max-age=(\d{1,9})(?=[\s,]|$)/i.exec(answer.headers.get("cache-control") ?? "")
      ?.[1];
    const jwks: unknown = JSON.parse(text);
    return seconds === undefined ? { jwks } : { jwks, maxAgeMs: Number(seconds) * 1000 };
  };
}

async function limited(answer: Response, url: string): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_BYTES) throw new Error(`${url} answered with more than ${MAX_BYTES} bytes`);
  }
  return text;
}
