import { z } from "zod";

const refusal = z.object({ error: z.object({ code: z.string(), message: z.string().min(1) }) });

/** What a service answered to a request. */
export interface RestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
  /** The words of a refusal in the contract's form; "" without one. */
  readonly words: string;
}

export interface RestRequest {
  readonly token?: string;
  readonly cookie?: string;
  readonly body?: unknown;
}

/** Asks a service by bare HTTP. */
export async function rest(
  origin: string,
  method: string,
  path: string,
  { token, cookie, body }: RestRequest = {},
): Promise<RestAnswer> {
  const answer = await fetch(`${origin}${path}`, {
    method,
    headers: {
      ...body === undefined ? {} : { "content-type": "application/json" },
      ...token === undefined ? {} : { authorization: `Bearer ${token}` },
      ...cookie === undefined ? {} : { cookie },
    },
    ...body === undefined ? {} : { body: JSON.stringify(body) },
  });
  const text = await answer.text();
  const parsed: unknown = text === "" ? null : JSON.parse(text);
  const refused = refusal.safeParse(parsed);
  return {
    status: answer.status,
    headers: answer.headers,
    body: parsed,
    words: refused.success ? refused.data.error.message : "",
  };
}
