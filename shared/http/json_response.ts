/** An answer of JSON, not to be stored by caches unless `headers` say otherwise. */
export function jsonResponse(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Response {
  // With more headers the runtime would prepare the answer for sending, in vain: every answer gets more headers later.
  const answer = new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json" },
  });
  answer.headers.set("cache-control", "no-store");
  for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value);
  return answer;
}
