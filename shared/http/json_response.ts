/** An answer of JSON, not to be stored by caches unless `headers` say otherwise. */
export function jsonResponse(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Response {
  // One with more headers than this the runtime makes ready to be sent, in vain: each answer gets further ones.
  const answer = new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json" },
  });
  answer.headers.set("cache-control", "no-store");
  for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value);
  return answer;
}
