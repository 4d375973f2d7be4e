import type { Result } from "../actor/mod.ts";

/** What the Global Controller answered; `status` 0 means that it didn't, for `reason`. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly reason?: string;
}

export interface RegistryCall {
  readonly url: string;
  readonly method: string;
  /** Sent as JSON; nothing when `undefined`. */
  readonly body: unknown;
  readonly token: () => Promise<Result<string, string>>;
  /** Told of a token that is not good there. */
  readonly onRefused: (token: string) => void;
  readonly fetch: typeof fetch;
  /** For the whole of it, the token included. */
  readonly timeoutMs: number;
}

/** Calls the Global Controller with this service's token. Never rejects. */
export async function callRegistry(call: RegistryCall): Promise<Answer> {
  const { url, method, body, token, onRefused, fetch: request, timeoutMs } = call;
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const had = await token();
    if (!had.ok) return { status: 0, body: undefined, reason: had.error.message };
    const answer = await request(url, {
      method,
      signal,
      redirect: "error",
      headers: {
        authorization: `Bearer ${had.value}`,
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (answer.status === 401) onRefused(had.value);
    const text = await answer.text();
    const reason = `answered ${answer.status}`;
    return { status: answer.status, body: text === "" ? undefined : JSON.parse(text), reason };
  } catch (error) {
    return { status: 0, body: undefined, reason: error instanceof Error ? error.message : String(error) };
  }
}
