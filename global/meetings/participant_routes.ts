import {
  type Context,
  jsonResponse,
  pageOf,
  readQuery,
  refuseCommon,
  type Route,
} from "../../shared/http/mod.ts";
import { listQuery, type Participant, type ParticipantList } from "../../shared/protocol/mod.ts";
import { authenticateUser } from "../accounts/authenticate_user.ts";
import { unavailable } from "../errors/unavailable.ts";
import { rosterAtController } from "../placement/tell_controller.ts";
import { decodePosition, encodePosition, type Position } from "./position.ts";
import { ownMeeting } from "./find_meeting.ts";
import { mayManage } from "./may_manage.ts";
import type { MeetingServices } from "./meeting_services.ts";

/** Who is in a meeting at the moment: for its hosts, also those who became it in the meeting, and for admins. */
export function participantRoutes(services: MeetingServices): Route[] {
  return [{
    method: "GET",
    path: "/api/v1/meetings/:code/participants",
    handler: (context) => list(services, context),
  }];
}

async function list(services: MeetingServices, context: Context): Promise<Response> {
  const user = await authenticateUser(services, context);
  const { limit, cursor } = readQuery(context, listQuery);
  const after = cursor === undefined ? undefined : decodePosition(cursor);
  const row = await ownMeeting(services, user, context);
  const roster = await rosterAtController(services, row.meeting_id);
  if (roster === undefined) throw unavailable(new Error("The meeting's controller doesn't answer"));
  if (!mayManage(user, row) && !roster.hosts.includes(user.sub)) throw refuseCommon("FORBIDDEN");
  const positioned = roster.participants.toSorted(byPosition)
    .filter((participant) => after === undefined || comparePositions(positionOf(participant), after) > 0);
  const { items, next_cursor } = pageOf(positioned, limit, (last) => encodePosition(positionOf(last)));
  const page: ParticipantList = { items: [...items], next_cursor };
  return jsonResponse(200, page);
}

function positionOf({ joined_at, participant_id }: Participant): Position {
  return { at: Date.parse(joined_at), id: participant_id };
}

function byPosition(one: Participant, other: Participant): number {
  return comparePositions(positionOf(one), positionOf(other));
}

function comparePositions(one: Position, other: Position): number {
  if (one.at !== other.at) return one.at - other.at;
  return one.id < other.id ? -1 : one.id > other.id ? 1 : 0;
}
