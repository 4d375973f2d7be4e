import { logUntold } from "../../shared/log/mod.ts";
import {
  type Context,
  jsonResponse,
  pageOf,
  readQuery,
  refuseCommon,
  type Route,
} from "../../shared/http/mod.ts";
import {
  changedSettings,
  createMeetingBody,
  defaultMeetingSettings,
  listQuery,
  type PatchMeetingBody,
  patchMeetingBody,
  type Permission,
  type PermissionsChange,
} from "../../shared/protocol/mod.ts";
import type { PermissionChanges } from "../../shared/store/live/mod.ts";
import { authenticateUser, readFromUser } from "../accounts/authenticate_user.ts";
import { refuse } from "../errors/errors.ts";
import { unavailable } from "../errors/unavailable.ts";
import type { MeetingRow } from "../store/schema.ts";
import { answerGuest } from "./answer_guest.ts";
import { deliverEnd } from "./end_outbox.ts";
import { assertNotEnded, ownMeeting } from "./find_meeting.ts";
import { mayManage } from "./may_manage.ts";
import { decodePosition, encodePosition } from "./position.ts";
import type { MeetingServices } from "./meeting_services.ts";
import { addMeeting, changeMeeting, endMeeting, type MeetingChange, meetingsOf } from "./meeting_store.ts";
import { meetingView, permissionChangesOf, settingsOf } from "./meeting_view.ts";
import { tellMeetingFacts } from "./tell_meeting_facts.ts";
import { viewOf, viewsOf } from "./views_of.ts";

const DEFAULT_MAX_PARTICIPANTS = 100;
/** 128 random bits; 72 are the least. */
const CODE_BYTES = 16;
const PATH = "/api/v1/meetings/:code";

/** The meetings of the caller's organisation. */
export function meetingRoutes(services: MeetingServices): Route[] {
  return [
    { method: "POST", path: "/api/v1/meetings", handler: (context) => create(services, context) },
    { method: "GET", path: "/api/v1/meetings", handler: (context) => list(services, context) },
    { method: "GET", path: PATH, handler: (context) => get(services, context) },
    { method: "PATCH", path: PATH, handler: (context) => patch(services, context) },
    { method: "DELETE", path: PATH, handler: (context) => end(services, context) },
  ];
}

async function create(services: MeetingServices, context: Context): Promise<Response> {
  const { user, body } = await readFromUser(services, context, createMeetingBody);
  const row: MeetingRow = {
    meeting_id: crypto.randomUUID(),
    code: newCode(),
    org_id: user.orgId,
    creator: user.sub,
    display_name: body.display_name,
    max_participants: body.max_participants ?? DEFAULT_MAX_PARTICIPANTS,
    settings: JSON.stringify(changedSettings(defaultMeetingSettings, body.settings ?? {})),
    permission_changes: "{}",
    created_at: services.now(),
    ended_at: null,
    term: 0,
  };
  await addMeeting(services.store, row, { actor: user.sub, address: context.clientAddress });
  logUntold(services.auditForwarder.tell("wake", undefined), "audit entries wait");
  return jsonResponse(201, meetingView(row, services.settings.publicUrl, false), {
    location: `/api/v1/meetings/${row.code}`,
  });
}

/** Admins see all of their organisation's meetings, members those that they made or were in. */
async function list(services: MeetingServices, context: Context): Promise<Response> {
  const user = await authenticateUser(services, context);
  const { limit, cursor } = readQuery(context, listQuery);
  const after = cursor === undefined ? undefined : decodePosition(cursor);
  const { sub, orgId, roles } = user;
  const listed = roles.includes("admin") ? { orgId } : { orgId, sub };
  const rows = await meetingsOf(services.store, listed, limit + 1, after);
  const { items, next_cursor } = pageOf(
    rows,
    limit,
    ({ created_at, meeting_id }) => encodePosition({ at: created_at, id: meeting_id }),
  );
  return jsonResponse(200, { items: await viewsOf(services, items), next_cursor });
}

async function get(services: MeetingServices, context: Context): Promise<Response> {
  if (!context.request.headers.has("authorization")) return await answerGuest(services, context);
  const row = await ownMeeting(services, await authenticateUser(services, context), context);
  return jsonResponse(200, await viewOf(services, row));
}

async function patch(services: MeetingServices, context: Context): Promise<Response> {
  const { user, body } = await readFromUser(services, context, patchMeetingBody);
  const row = await ownMeeting(services, user, context);
  if (!mayManage(user, row)) throw refuseCommon("FORBIDDEN");
  assertNotEnded(row);
  const requester = { actor: user.sub, address: context.clientAddress };
  const changed = await changeMeeting(
    services.store,
    row.meeting_id,
    (before) => changeOf(body, before),
    services.now(),
    requester,
  );
  if (changed === undefined) throw refuse("MEETING_ENDED");
  logUntold(services.auditForwarder.tell("wake", undefined), "audit entries wait");
  if (!await tellMeetingFacts(services, changed.meeting_id, namesOf(body.settings?.permissions ?? {}))) {
    throw refuse("NOT_IN_FORCE", { retryAfterSeconds: 1 });
  }
  return jsonResponse(200, await viewOf(services, changed));
}

async function end(services: MeetingServices, context: Context): Promise<Response> {
  const user = await authenticateUser(services, context);
  const row = await ownMeeting(services, user, context);
  if (!mayManage(user, row)) throw refuseCommon("FORBIDDEN");
  const requester = { actor: user.sub, address: context.clientAddress };
  const now = services.now();
  await endMeeting(services.store, row.meeting_id, now, requester);
  logUntold(services.auditForwarder.tell("wake", undefined), "audit entries wait");
  // Of a meeting that had ended before too: its controller may not have heard of it.
  if (!await deliverEnd(services, { meeting_id: row.meeting_id, ended_at: now })) {
    throw unavailable(new Error("The live store doesn't answer"));
  }
  return new Response(null, { status: 204 });
}

function changeOf(
  { display_name, max_participants, settings }: PatchMeetingBody,
  row: MeetingRow,
): MeetingChange {
  const named = namesOf(settings?.permissions ?? {});
  return {
    ...(named.length === 0 ? {} : { permission_changes: JSON.stringify(counted(row, named)) }),
    ...(display_name === undefined ? {} : { display_name }),
    ...(max_participants === undefined ? {} : { max_participants }),
    ...(settings === undefined
      ? {}
      : { settings: JSON.stringify(changedSettings(settingsOf(row), settings)) }),
  };
}

/** A controller that hears of the meeting later, as it opens it, sees by these which changes of hosts are older. */
function counted(row: MeetingRow, named: readonly Permission[]): PermissionChanges {
  const before = permissionChangesOf(row);
  return { ...before, ...Object.fromEntries(named.map((name) => [name, (before[name] ?? 0) + 1])) };
}

function namesOf(permissions: PermissionsChange): Permission[] {
  // The keys are the permissions, which TypeScript can't follow through `keys`.
  return Object.keys(permissions) as Permission[];
}

function newCode(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(CODE_BYTES));
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
