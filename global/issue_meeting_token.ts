import { refuseCommon } from "../shared/http/mod.ts";
import { type MeetingClaims, type MeetingToken, meetingToken } from "../shared/protocol/mod.ts";
import { logger } from "../shared/log/mod.ts";
import { refuse } from "./errors.ts";
import type { Parts } from "./parts.ts";

const SCOPE = "service.issue-meeting-token.ac";
const TIMEOUT_MS = 5_000;
const log = logger("issue_meeting_token");

/**
 * Has AC make a meeting token: one round trip on a connection that is kept, with a service token that is at hand.
 *
 * @throws {HttpError} 503 if AC doesn't give one at the moment, 429 if it gave too many to this subject
 */
export async function issueMeetingToken(
  { settings, serviceTokens }: Parts,
  sub: string,
  claims: MeetingClaims,
): Promise<MeetingToken> {
  const own = await serviceTokens.ask("token", { scope: SCOPE });
  if (!own.ok) throw refused(own.error.message);
  let answer: Response;
  let body: unknown;
  try {
    answer = await fetch(`${settings.authUrl}/api/v1/auth/internal/meeting-token`, {
      method: "POST",
      headers: { authorization: `Bearer ${own.value}`, "content-type": "application/json" },
      body: JSON.stringify({ sub, ...claims }),
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    body = await answer.json();
  } catch (cause) {
    throw refused("no answer", cause);
  }
  if (answer.status === 429) throw refuseCommon("RATE_LIMITED", { retryAfterSeconds: 1 });
  const issued = meetingToken.safeParse(body);
  if (!answer.ok || !issued.success) throw refused(`status ${answer.status}`);
  return issued.data;
}

function refused(reason: string, cause?: unknown) {
  log.warn("the Auth Controller gave no meeting token", {
    reason,
    ...(cause === undefined ? {} : { cause }),
  });
  return refuse("UNAVAILABLE", { retryAfterSeconds: 1, cause });
}
