import type { Result } from "../../../shared/actor/result.ts";

/** Why a request was refused, in words; undefined when it wasn't. */
export async function refusalOf(request: Promise<Result<unknown, string>>): Promise<string | undefined> {
  const answer = await request;
  return answer.ok ? undefined : answer.error.message;
}
