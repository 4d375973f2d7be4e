import type { ActorRef } from "../actor/mod.ts";
import { fetchAsService } from "../auth/mod.ts";
import type { ServiceRequest, ServiceTokens } from "../auth/mod.ts";
import { errorBody } from "../protocol/rest.ts";

/** The Global Controller's answer, and in words what became of the request; `status` 0 means that there was no answer. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly reason: string;
}

/** Calls the Global Controller with this service's token. Never rejects. */
export async function callRegistry(
  tokens: ActorRef<typeof ServiceTokens>,
  scope: string,
  request: ServiceRequest,
): Promise<Answer> {
  try {
    const sent = await fetchAsService(tokens, scope, request);
    if (!sent.ok) return { status: 0, body: undefined, reason: sent.error.message };
    const { status } = sent.value;
    const body = parsed(await sent.value.text());
    return { status, body, reason: `answered ${status}${wordsOf(body)}` };
  } catch (error) {
    return { status: 0, body: undefined, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** A proxy between the two answers in a form of its own. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a refusal says of itself, for the operator of the process that is refused. */
function wordsOf(body: unknown): string {
  const refusal = errorBody.safeParse(body).data?.error;
  if (refusal === undefined) return "";
  const { message, details = [] } = refusal;
  return [`: ${message}`, ...details.map(({ path, message }) => `${path} ${message}`)].join("; ");
}
