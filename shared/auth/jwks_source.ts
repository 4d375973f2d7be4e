/** Gives an issuer's JWK set, as JSON that nobody has looked at yet. */
export type JwksSource = (signal: AbortSignal) => Promise<unknown>;

const MAX_BYTES = 64 * 1024;

/** A JWK set over HTTP. Redirects are not followed: the address that was configured is the one that is trusted. */
export function httpJwksSource(url: string, request: typeof fetch = fetch): JwksSource {
  return async (signal) => {
    const answer = await request(url, { signal, redirect: "error", headers: { accept: "application/json" } });
    const text = await limited(answer, url);
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
    return JSON.parse(text);
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
