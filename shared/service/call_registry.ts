import type { ActorRef } from "../actor/mod.ts";
import { fetchAsService } from "../auth/mod.ts";
import type { ServiceRequest, ServiceTokens } from "../auth/mod.ts";

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
    const text = await sent.value.text();
    return { status, body: text === "" ? undefined : JSON.parse(text), reason: `answered ${status}` };
  } catch (error) {
    return { status: 0, body: undefined, reason: error instanceof Error ? error.message : String(error) };
  }
}
