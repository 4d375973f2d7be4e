import { refuseCommon } from "../shared/http/mod.ts";
import { errorBody, type MeetingClaims, type MeetingToken, meetingToken } from "../shared/protocol/mod.ts";
import { logger } from "../shared/log/mod.ts";
import { refuse } from "./errors.ts";
import type { Parts } from "./parts.ts";
import { wrongToken } from "./wrong_token.ts";

const SCOPE = "service.issue-meeting-token.ac";
const TIMEOUT_MS = 5_000;
const log = logger("issue_meeting_token");

/**
 * Has AC make a meeting token: one round trip on a connection that is kept, with a service token that is at hand.
 *
 * @throws {HttpError} 401 if the account is disabled, 429 if AC gave too many to this subject, 503 if it gives none at
 * the moment
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
  // AC knows before us that an account was disabled; its scope is our own, so that nothing else is forbidden.
  if (answer.status === 403 && codeOf(body) === "ACCOUNT_DISABLED") throw wrongToken();
  const issued = meetingToken.safeParse(body);
  if (!answer.ok || !issued.success) throw refused(`status ${answer.status}`);
  return issued.data;
}

function codeOf(body: unknown): string | undefined {
  const parsed = errorBody.safeParse(body);
  return parsed.success ? parsed.data.error.code : undefined;
}

function refused(reason: string, cause?: unknown) {
  log.warn("the Auth Controller gave no meeting token", {
    reason,
    ...(cause === undefined ? {} : { cause }),
  });
  return refuse("UNAVAILABLE", { retryAfterSeconds: 1, cause });
}
