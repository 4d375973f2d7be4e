import { authenticateMeeting } from "../../shared/auth/mod.ts";
import type { MeetingTokenClaims } from "../../shared/auth/mod.ts";
import { type Context, jsonResponse, readJson, type Route } from "../../shared/http/mod.ts";
import { emptyBody, guestTokenBody, type MeetingClaims } from "../../shared/protocol/mod.ts";
import { addressKey } from "../../shared/limits/address_key.ts";
import { refuse } from "../errors/errors.ts";
import { assertGoesOn, findMeeting } from "../meetings/find_meeting.ts";
import { assertNotRemoved, issueTicket } from "./issue_ticket.ts";
import { settingsOf } from "../meetings/meeting_view.ts";
import { moveIfDead } from "../placement/move_if_dead.ts";
import type { Parts } from "../composition/parts.ts";
import { isInCharge, signedIn, type User } from "../accounts/signed_in.ts";
import { meetingById } from "../meetings/meeting_store.ts";
import type { MeetingRow } from "../store/schema.ts";
import { takeTurn } from "../limits/take_turn.ts";
import { wrongToken } from "../errors/wrong_token.ts";

/** So long after its end a meeting token still gets a fresh ticket. */
const EXPIRED_FOR_SECONDS = 600;
const CAPABILITIES = ["publish", "subscribe", "chat"];

/** Ways into a meeting: each answers with a ticket. */
export function ticketRoutes(parts: Parts): Route[] {
  return [
    { method: "POST", path: "/api/v1/meetings/:code/join", handler: (context) => join(parts, context) },
    {
      method: "POST",
      path: "/api/v1/meetings/:code/guest-token",
      handler: (context) => guest(parts, context),
    },
    { method: "POST", path: "/api/v1/meetings/:code/ticket", handler: (context) => renew(parts, context) },
    {
      method: "POST",
      path: "/api/v1/meetings/:code/unreachable",
      handler: (context) => moved(parts, context),
    },
  ];
}

async function join(parts: Parts, context: Context): Promise<Response> {
  const user = await signedIn(parts, context);
  await readJson(context, emptyBody);
  const row = await findMeeting(
    parts,
    context.params.code,
    user.sub,
    (row) => row.org_id === user.orgId || settingsOf(row).allow_external_participants,
  );
  assertGoesOn(row);
  await assertNotRemoved(parts, row.meeting_id, user.sub, parts.now());
  return jsonResponse(200, await issueTicket(parts, row, { sub: user.sub, claims: claimsOf(user, row) }));
}

function claimsOf(user: User, row: MeetingRow): MeetingClaims {
  const inCharge = isInCharge(user, row);
  return {
    meeting_id: row.meeting_id,
    meeting_org_id: row.org_id,
    home_org_id: user.orgId,
    participant_type: user.orgId === row.org_id ? "member" : "external",
    role: inCharge ? "host" : "participant",
    capabilities: inCharge ? [...CAPABILITIES, "moderate"] : CAPABILITIES,
    display_name: user.displayName ?? "Member",
  };
}

async function guest(parts: Parts, context: Context): Promise<Response> {
  const address = addressKey(context.clientAddress);
  await takeTurn(parts, "guest_token", address);
  const { display_name } = await readJson(context, guestTokenBody);
  const row = await findMeeting(parts, context.params.code, address);
  assertGoesOn(row);
  if (!settingsOf(row).allow_guests) throw refuse("GUESTS_NOT_ALLOWED");
  const claims: MeetingClaims = {
    meeting_id: row.meeting_id,
    meeting_org_id: row.org_id,
    home_org_id: row.org_id,
    participant_type: "guest",
    role: "guest",
    capabilities: CAPABILITIES,
    display_name,
  };
  return jsonResponse(200, await issueTicket(parts, row, { sub: `guest-${crypto.randomUUID()}`, claims }));
}

async function renew(parts: Parts, context: Context): Promise<Response> {
  const { row, claims } = await byMeetingToken(parts, context, EXPIRED_FOR_SECONDS);
  return jsonResponse(200, await issueTicket(parts, row, { sub: claims.sub, claims: sameAs(claims) }));
}

async function moved(parts: Parts, context: Context): Promise<Response> {
  const { row, claims } = await byMeetingToken(parts, context, EXPIRED_FOR_SECONDS);
  const place = moveIfDead(parts, row);
  return jsonResponse(200, await issueTicket(parts, row, { sub: claims.sub, claims: sameAs(claims) }, place));
}

/** The meeting that a request's meeting token and path both name; whose token it is, was not removed. */
async function byMeetingToken(
  parts: Parts,
  context: Context,
  expiredForSeconds: number,
): Promise<{ row: MeetingRow; claims: MeetingTokenClaims }> {
  const claims = await authenticateMeeting(parts.verifier, context, { expiredForSeconds });
  await takeTurn(parts, "user", claims.sub);
  await readJson(context, emptyBody);
  const row = await meetingById(parts.store, claims.meeting_id);
  if (row === undefined || row.code !== context.params.code) throw wrongToken();
  assertGoesOn(row);
  await assertNotRemoved(parts, row.meeting_id, claims.sub, claims.iat * 1000);
  return { row, claims };
}

function sameAs(claims: MeetingTokenClaims): MeetingClaims {
  const { meeting_id, meeting_org_id, home_org_id, participant_type, role, capabilities, display_name } =
    claims;
  return { meeting_id, meeting_org_id, home_org_id, participant_type, role, capabilities, display_name };
}
