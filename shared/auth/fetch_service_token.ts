import { z } from "zod";
import { fail } from "../actor/mod.ts";
import type { Result } from "../actor/mod.ts";
import type { Secret } from "../config/secret_value.ts";

/** A service's client at AC. */
export interface ClientCredentials {
  /** AC's token endpoint. */
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  readonly fetch?: typeof fetch;
  /** The time limit of one request; 3 s. */
  readonly timeoutMs?: number;
}

export interface ServiceToken {
  readonly token: string;
  readonly expiresInSeconds: number;
}

/** `refused`: AC doesn't know this client, or doesn't give it this scope. `unavailable`: no answer, try again. */
export type NoToken = "refused" | "unavailable";

const tokenAnswer = z.object({
  access_token: z.string().min(1).max(8192),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.number().positive(),
});

/** Asks AC for a token by client credentials (RFC 6749 §4.4, authenticated by HTTP Basic, §2.3.1). */
export async function fetchServiceToken(
  credentials: ClientCredentials,
  scope: string,
): Promise<Result<ServiceToken, NoToken>> {
  const { tokenUrl, clientId, clientSecret, fetch: request = fetch, timeoutMs = 3000 } = credentials;
  const basic = btoa(`${formEncoded(clientId)}:${formEncoded(clientSecret.reveal())}`);
  try {
    const answer = await request(tokenUrl, {
      method: "POST",
      headers: { authorization: `Basic ${basic}`, accept: "application/json" },
      body: new URLSearchParams({ grant_type: "client_credentials", scope }),
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!answer.ok) return { ok: false, error: await refusal(answer, clientId, scope) };
    const { access_token, expires_in } = tokenAnswer.parse(await answer.json());
    return { ok: true, value: { token: access_token, expiresInSeconds: expires_in } };
  } catch (error) {
    const reason = error instanceof Error ? error.message : "no answer";
    return { ok: false, error: fail("unavailable", `No token from ${tokenUrl}: ${reason}`) };
  }
}

async function refusal(answer: Response, clientId: string, scope: string) {
  await answer.body?.cancel();
  const wrong = answer.status === 400 || answer.status === 401;
  return wrong
    ? fail("refused" as const, `AC gives client "${clientId}" no token for "${scope}" (${answer.status})`)
    : fail("unavailable" as const, `AC answered ${answer.status}`);
}

function formEncoded(text: string): string {
  return new URLSearchParams([["", text]]).toString().slice(1);
}
