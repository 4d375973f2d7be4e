import {
  type Context,
  jsonResponse,
  pageOf,
  readJson,
  refuseCommon,
  type Route,
  validate,
} from "../../shared/http/mod.ts";
import {
  createMeetingBody,
  defaultMeetingSettings,
  listQuery,
  type Meeting,
  type PatchMeetingBody,
  patchMeetingBody,
} from "../../shared/protocol/mod.ts";
import { decodeCursor, encodeCursor } from "./meeting_cursor.ts";
import { refuse } from "../errors/errors.ts";
import { assertGoesOn, busy, findMeeting } from "./find_meeting.ts";
import { factsOf, meetingView, settingsOf } from "./meeting_view.ts";
import type { Parts } from "../composition/parts.ts";
import { isInCharge, signedIn, type User } from "../accounts/signed_in.ts";
import { addMeeting, changeMeeting, endMeeting, type MeetingChange, meetingsOf } from "./meeting_store.ts";
import type { MeetingRow } from "../store/schema.ts";
import { changeAtController, endAtController } from "../placement/tell_controller.ts";

const DEFAULT_MAX_PARTICIPANTS = 100;
/** 128 random bits; 72 are the least. */
const CODE_BYTES = 16;
const PATH = "/api/v1/meetings/:code";

/** The meetings of the caller's organisation. */
export function meetingRoutes(parts: Parts): Route[] {
  return [
    { method: "POST", path: "/api/v1/meetings", handler: (context) => create(parts, context) },
    { method: "GET", path: "/api/v1/meetings", handler: (context) => list(parts, context) },
    { method: "GET", path: PATH, handler: (context) => get(parts, context) },
    { method: "PATCH", path: PATH, handler: (context) => patch(parts, context) },
    { method: "DELETE", path: PATH, handler: (context) => end(parts, context) },
  ];
}

async function create(parts: Parts, context: Context): Promise<Response> {
  const user = await signedIn(parts, context);
  const body = await readJson(context, createMeetingBody);
  const row: MeetingRow = {
    meeting_id: crypto.randomUUID(),
    code: newCode(),
    org_id: user.orgId,
    creator: user.sub,
    display_name: body.display_name,
    max_participants: body.max_participants ?? DEFAULT_MAX_PARTICIPANTS,
    settings: JSON.stringify({ ...defaultMeetingSettings, ...body.settings }),
    created_at: parts.now(),
    ended_at: null,
  };
  await addMeeting(parts.store, row, { actor: user.sub, address: context.clientAddress });
  parts.auditForwarder.tell("wake", undefined);
  return jsonResponse(201, meetingView(row, parts.settings.publicUrl, false), {
    location: `/api/v1/meetings/${row.code}`,
  });
}

async function list(parts: Parts, context: Context): Promise<Response> {
  const user = await signedIn(parts, context);
  const { limit, cursor } = validate(Object.fromEntries(context.url.searchParams), listQuery);
  const after = cursor === undefined ? undefined : decodeCursor(cursor);
  const rows = await meetingsOf(parts.store, user.orgId, limit + 1, after);
  const { items, next_cursor } = pageOf(rows, limit, encodeCursor);
  return jsonResponse(200, { items: await shown(parts, items), next_cursor });
}

async function get(parts: Parts, context: Context): Promise<Response> {
  const row = await ownMeeting(parts, await signedIn(parts, context), context);
  return jsonResponse(200, await shownOne(parts, row));
}

async function patch(parts: Parts, context: Context): Promise<Response> {
  const user = await signedIn(parts, context);
  const body = await readJson(context, patchMeetingBody);
  const row = await ownMeeting(parts, user, context);
  if (!isInCharge(user, row)) throw refuseCommon("FORBIDDEN");
  assertGoesOn(row);
  const change = changeOf(body, row);
  if (Object.keys(change).length === 0) return jsonResponse(200, await shownOne(parts, row));
  const doer = { actor: user.sub, address: context.clientAddress };
  const changed = await changeMeeting(parts.store, row.meeting_id, change, parts.now(), doer);
  if (changed === undefined) throw refuse("MEETING_ENDED");
  parts.auditForwarder.tell("wake", undefined);
  await changeAtController(parts, factsOf(changed, parts.settings.publicUrl));
  return jsonResponse(200, await shownOne(parts, changed));
}

async function end(parts: Parts, context: Context): Promise<Response> {
  const user = await signedIn(parts, context);
  const row = await ownMeeting(parts, user, context);
  if (!isInCharge(user, row)) throw refuseCommon("FORBIDDEN");
  const doer = { actor: user.sub, address: context.clientAddress };
  if (await endMeeting(parts.store, row.meeting_id, parts.now(), doer)) {
    parts.auditForwarder.tell("wake", undefined);
    await endAtController(parts, row.meeting_id);
  }
  return new Response(null, { status: 204 });
}

function ownMeeting(parts: Parts, user: User, { params }: Context): Promise<MeetingRow> {
  return findMeeting(parts, params.code, user.sub, (row) => row.org_id === user.orgId);
}

function changeOf(
  { display_name, max_participants, settings }: PatchMeetingBody,
  row: MeetingRow,
): MeetingChange {
  return {
    ...(display_name === undefined ? {} : { display_name }),
    ...(max_participants === undefined ? {} : { max_participants }),
    ...(settings === undefined ? {} : { settings: JSON.stringify({ ...settingsOf(row), ...settings }) }),
  };
}

/** Meetings with their status of now. */
async function shown({ registry, settings }: Parts, rows: readonly MeetingRow[]): Promise<Meeting[]> {
  const going = rows.filter(({ ended_at }) => ended_at === null).map(({ meeting_id }) => meeting_id);
  const live = await registry.ask("live", { meeting_ids: going });
  if (!live.ok) throw busy(live.error);
  const running = new Set(live.value);
  return rows.map((row) => meetingView(row, settings.publicUrl, running.has(row.meeting_id)));
}

async function shownOne(parts: Parts, row: MeetingRow): Promise<Meeting> {
  const [meeting] = await shown(parts, [row]);
  if (meeting === undefined) throw new Error("One meeting went in, none came out");
  return meeting;
}

function newCode(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(CODE_BYTES));
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
