import { authenticateService } from "../../shared/auth/mod.ts";
import {
  type Context,
  jsonResponse,
  readJson,
  refuseCommon,
  type Route,
  validate,
} from "../../shared/http/mod.ts";
import { emptyBody, id, meetingTokenRequest } from "../../shared/protocol/mod.ts";
import { refuse } from "../errors.ts";
import { busy } from "../find_meeting.ts";
import { issueMeetingToken } from "../issue_meeting_token.ts";
import { assertNotRemoved } from "../issue_ticket.ts";
import type { Parts } from "../parts.ts";
import { identityOf } from "../store/identities.ts";
import { endMeeting } from "../store/meetings.ts";

const PATH = "/api/v1/internal/meetings/:meeting_id";

/** What the controller that runs a meeting asks of GC. */
export function runningMeetingRoutes(parts: Parts): Route[] {
  return [
    { method: "POST", path: `${PATH}/tokens`, handler: (context) => freshToken(parts, context) },
    { method: "POST", path: `${PATH}/end`, handler: (context) => ended(parts, context) },
  ];
}

/** A fresh token for somebody who is in the meeting, as what they were let in. */
async function freshToken(parts: Parts, context: Context): Promise<Response> {
  const { meetingId } = await meetingOf(parts, context, "service.issue-meeting-token.gc");
  const { sub } = await readJson(context, meetingTokenRequest);
  await assertNotRemoved(parts, meetingId, sub, parts.now());
  const claims = await identityOf(parts.store, meetingId, sub);
  if (claims === undefined) throw refuse("MEETING_NOT_FOUND", { message: "Nobody was let in by this name" });
  return jsonResponse(200, await issueMeetingToken(parts, sub, claims));
}

/** A host has ended the meeting. */
async function ended(parts: Parts, context: Context): Promise<Response> {
  const { meetingId, actor } = await meetingOf(parts, context, "service.register-controller.gc");
  await readJson(context, emptyBody);
  await endMeeting(parts.store, meetingId, parts.now(), { actor, address: context.clientAddress });
  return new Response(null, { status: 204 });
}

/** The meeting of the path, if the caller's controller runs it, and who the caller is. */
async function meetingOf(
  { verifier, registry }: Parts,
  context: Context,
  scope: string,
): Promise<{ meetingId: string; actor: string }> {
  const { sub } = await authenticateService(verifier, context, scope);
  const meeting_id = validate(context.params.meeting_id, id);
  const place = await registry.ask("locate", { meeting_id });
  if (!place.ok) throw busy(place.error);
  if (place.value?.owner !== sub) {
    throw refuseCommon("FORBIDDEN", { message: "This meeting runs somewhere else" });
  }
  return { meetingId: meeting_id, actor: sub };
}
