import { authenticateMeeting } from "../../shared/auth/mod.ts";
import type { MeetingTokenClaims } from "../../shared/auth/mod.ts";
import {
  type Context,
  jsonResponse,
  readJson,
  readOptionalJson,
  refuseCommon,
  type Route,
} from "../../shared/http/mod.ts";
import { addressKey } from "../../shared/limits/address_key.ts";
import { emptyBody, guestTokenBody, type MeetingClaims } from "../../shared/protocol/mod.ts";
import { authenticateUser, type User } from "../accounts/authenticate_user.ts";
import { refuse } from "../errors/errors.ts";
import { assertWithinLimit } from "../limits/assert_within_limit.ts";
import { assertNotEnded, findMeeting } from "../meetings/find_meeting.ts";
import { newGuestSub } from "../meetings/guest_sub.ts";
import { mayManage } from "../meetings/may_manage.ts";
import type { MeetingServices } from "../meetings/meeting_services.ts";
import { meetingById } from "../meetings/meeting_store.ts";
import { settingsOf } from "../meetings/meeting_view.ts";
import { moveIfDead } from "../placement/move_if_dead.ts";
import type { MeetingRow } from "../store/schema.ts";
import { assertMayGetToken, assertNotRemoved } from "./assert_not_removed.ts";
import { type Entrant, issueTicket } from "./issue_ticket.ts";

/** So long after its end a meeting token still gets a fresh ticket. */
const EXPIRED_FOR_SECONDS = 600;
const CAPABILITIES = ["publish", "subscribe", "chat"];

/** Ways into a meeting: each answers with a ticket. */
export function ticketRoutes(services: MeetingServices): Route[] {
  return [
    { method: "POST", path: "/api/v1/meetings/:code/join", handler: (context) => join(services, context) },
    {
      method: "POST",
      path: "/api/v1/meetings/:code/guest-token",
      handler: (context) => guest(services, context),
    },
    { method: "POST", path: "/api/v1/meetings/:code/ticket", handler: (context) => renew(services, context) },
    {
      method: "POST",
      path: "/api/v1/meetings/:code/unreachable",
      handler: (context) => unreachable(services, context),
    },
  ];
}

async function join(services: MeetingServices, context: Context): Promise<Response> {
  const user = await authenticateUser(services, context);
  await readOptionalJson(context, emptyBody);
  const row = await findMeeting(
    services,
    context.params.code,
    user.sub,
    (row) => row.org_id === user.orgId || settingsOf(row).allow_external_participants,
  );
  assertNotEnded(row);
  await assertMayGetToken(services, row.meeting_id, user.sub);
  const claims = { ...claimsOf(user, row), ...regionOf(services) };
  return jsonResponse(
    200,
    await issueTicket(services, row, { sub: user.sub, claims, address: context.clientAddress }),
  );
}

/** The participant's region is this GC's. A renewed ticket keeps that of the join. */
function regionOf({ settings: { region } }: MeetingServices): Pick<MeetingClaims, "region"> {
  return region === undefined ? {} : { region };
}

function claimsOf(user: User, row: MeetingRow): MeetingClaims {
  const manages = mayManage(user, row);
  return {
    meeting_id: row.meeting_id,
    meeting_org_id: row.org_id,
    home_org_id: user.orgId,
    participant_type: user.orgId === row.org_id ? "member" : "external",
    role: manages ? "host" : "participant",
    capabilities: manages ? [...CAPABILITIES, "moderate"] : CAPABILITIES,
    display_name: user.displayName ?? "Member",
  };
}

async function guest(services: MeetingServices, context: Context): Promise<Response> {
  const address = addressKey(context.clientAddress);
  await assertWithinLimit(services, "guest_token", address);
  const { display_name } = await readJson(context, guestTokenBody);
  const row = await findMeeting(services, context.params.code, address);
  assertNotEnded(row);
  if (!settingsOf(row).allow_guests) throw refuse("GUESTS_NOT_ALLOWED");
  const claims: MeetingClaims = {
    meeting_id: row.meeting_id,
    meeting_org_id: row.org_id,
    home_org_id: row.org_id,
    participant_type: "guest",
    role: "guest",
    capabilities: CAPABILITIES,
    display_name,
    ...regionOf(services),
  };
  return jsonResponse(
    200,
    await issueTicket(services, row, { sub: newGuestSub(), claims, address: context.clientAddress }),
  );
}

async function renew(services: MeetingServices, context: Context): Promise<Response> {
  const { row, entrant } = await authenticateTicketHolder(services, context);
  return jsonResponse(200, await issueTicket(services, row, entrant));
}

async function unreachable(services: MeetingServices, context: Context): Promise<Response> {
  const { row, entrant } = await authenticateTicketHolder(services, context);
  const place = moveIfDead(services, row.meeting_id);
  return jsonResponse(200, await issueTicket(services, row, entrant, place));
}

/** The meeting that a request's meeting token and path both name; whose token it is, was not removed. */
async function authenticateTicketHolder(
  services: MeetingServices,
  context: Context,
): Promise<{ row: MeetingRow; entrant: Entrant }> {
  const claims = await authenticateMeeting(services.verifier, context, {
    expiredForSeconds: EXPIRED_FOR_SECONDS,
  });
  await assertWithinLimit(services, "user", claims.sub);
  await readOptionalJson(context, emptyBody);
  const row = await meetingById(services.store, claims.meeting_id);
  if (row === undefined || row.code !== context.params.code) throw refuseCommon("UNAUTHORIZED");
  assertNotEnded(row);
  await assertNotRemoved(services, row.meeting_id, claims.sub, claims.iat * 1000);
  const entrant = { sub: claims.sub, claims: claimsFrom(claims), address: context.clientAddress };
  return { row, entrant };
}

function claimsFrom(claims: MeetingTokenClaims): MeetingClaims {
  const {
    meeting_id,
    meeting_org_id,
    home_org_id,
    participant_type,
    role,
    capabilities,
    display_name,
    region,
  } = claims;
  return {
    meeting_id,
    meeting_org_id,
    home_org_id,
    participant_type,
    role,
    capabilities,
    display_name,
    ...(region === undefined ? {} : { region }),
  };
}
