import { authenticateService } from "../../shared/auth/mod.ts";
import {
  type Context,
  jsonResponse,
  readJson,
  refuseCommon,
  type Route,
  validate,
} from "../../shared/http/mod.ts";
import {
  endMeetingRequest,
  id,
  meetingTokenRequest,
  moderationAuditBody,
} from "../../shared/protocol/mod.ts";
import { refuse } from "../errors/errors.ts";
import { busy } from "../meetings/find_meeting.ts";
import { issueMeetingToken } from "../tickets/issue_meeting_token.ts";
import { assertNotRemoved } from "../tickets/issue_ticket.ts";
import type { Parts } from "../composition/parts.ts";
import { identityOf } from "../accounts/identities.ts";
import { addAuditEntries } from "../audit/audit_outbox.ts";
import { endMeeting, meetingById } from "../meetings/meeting_store.ts";

const PATH = "/api/v1/internal/meetings/:meeting_id";

/** What the controller that runs a meeting asks of GC. */
export function runningMeetingRoutes(parts: Parts): Route[] {
  return [
    { method: "POST", path: `${PATH}/tokens`, handler: (context) => freshToken(parts, context) },
    { method: "POST", path: `${PATH}/end`, handler: (context) => ended(parts, context) },
    { method: "POST", path: `${PATH}/audit`, handler: (context) => recorded(parts, context) },
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
  const { meetingId, caller } = await meetingOf(parts, context, "service.register-controller.gc");
  const { by = { sub: caller, address: context.clientAddress } } = await readJson(context, endMeetingRequest);
  await endMeeting(parts.store, meetingId, parts.now(), { actor: by.sub, address: by.address });
  parts.auditForwarder.tell("wake", undefined);
  return new Response(null, { status: 204 });
}

/** What its hosts did in a meeting, for the audit trail; also of one that is over, as the last of it may come late. */
async function recorded(parts: Parts, context: Context): Promise<Response> {
  const { meetingId } = await meetingOf(parts, context, "service.register-controller.gc", {
    evenIfOver: true,
  });
  const { entries } = await readJson(context, moderationAuditBody);
  const meeting = await meetingById(parts.store, meetingId);
  if (meeting === undefined) throw refuse("MEETING_NOT_FOUND");
  const owned = entries.map((entry) => ({
    ...entry,
    organization_id: meeting.org_id,
    details: { ...entry.details, meeting_id: meetingId },
  }));
  await addAuditEntries(parts.store.queries, owned);
  parts.auditForwarder.tell("wake", undefined);
  return new Response(null, { status: 204 });
}

/**
 * The meeting of the path, if the caller's controller runs it, and who the caller is. `evenIfOver` lets any controller
 * pass while nobody runs it: who ran it last isn't known any more.
 */
async function meetingOf(
  { verifier, registry }: Parts,
  context: Context,
  scope: string,
  { evenIfOver = false } = {},
): Promise<{ meetingId: string; caller: string }> {
  const { sub } = await authenticateService(verifier, context, scope);
  const meeting_id = validate(context.params.meeting_id, id);
  const place = await registry.ask("locate", { meeting_id });
  if (!place.ok) throw busy(place.error);
  const passes = place.value === null ? evenIfOver : place.value.owner === sub;
  if (!passes) {
    throw refuseCommon("FORBIDDEN", { message: "This meeting runs somewhere else" });
  }
  return { meetingId: meeting_id, caller: sub };
}
