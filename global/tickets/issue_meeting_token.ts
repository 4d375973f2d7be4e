import type { Result } from "../../shared/actor/mod.ts";
import { fetchAsService } from "../../shared/auth/mod.ts";
import { refuseCommon } from "../../shared/http/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import { errorBody, type MeetingClaims, type MeetingToken, meetingToken } from "../../shared/protocol/mod.ts";
import { clientHeaders } from "../accounts/client_headers.ts";
import { refuse } from "../errors/errors.ts";
import type { MeetingServices } from "../meetings/meeting_services.ts";
import type { MeetingRow } from "../store/schema.ts";

/** What GC's own client must have at AC: without it nobody gets into a meeting. */
export const ISSUE_SCOPE = "service.issue-meeting-token.ac";
const TIMEOUT_MS = 5_000;
const log = logger("issue_meeting_token");

/**
 * Has AC make a meeting token: one round trip on a connection that is kept, with a service token that is at hand. A
 * member who did not create the meeting is its host while they are an admin, which AC looks up: the claims may be copied
 * from a token that is days old.
 *
 * `address` is that of whoever asks, for the audit trail; this service's own unless given.
 *
 * @throws {HttpError} 401 if the account is disabled, 429 if AC gave too many to this subject, 503 if it gives none at
 * the moment
 */
export async function issueMeetingToken(
  services: MeetingServices,
  { creator }: Pick<MeetingRow, "creator">,
  sub: string,
  claims: MeetingClaims,
  address?: string,
): Promise<MeetingToken> {
  const { settings, serviceTokens } = services;
  const isHostAsAdmin = claims.participant_type === "member" && sub !== creator;
  let sent: Result<Response, string>;
  let body: unknown;
  try {
    sent = await fetchAsService(serviceTokens, ISSUE_SCOPE, {
      url: `${settings.authUrl}/api/v1/auth/internal/meeting-token`,
      method: "POST",
      body: { sub, ...claims, ...(isHostAsAdmin && { host_as_admin: true }) },
      headers: address === undefined ? {} : await clientHeaders(services, { address }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (sent.ok) body = await sent.value.json();
  } catch (cause) {
    throw refused("no answer", cause);
  }
  if (!sent.ok) throw refused(sent.error.message);
  const { status, ok } = sent.value;
  if (status === 429) throw refuseCommon("RATE_LIMITED", { retryAfterSeconds: 1 });
  // AC knows before us that an account was disabled; its scope is our own, so that nothing else is forbidden.
  if (status === 403 && codeOf(body) === "ACCOUNT_DISABLED") throw refuseCommon("UNAUTHORIZED");
  const issued = meetingToken.safeParse(body);
  if (!ok || !issued.success) throw refused(`status ${status}`);
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
