import { isolateRuntime } from "../../shared/actor/mod.ts";
import type { MeetingClaims, Ticket } from "../../shared/protocol/mod.ts";
import { rememberIdentity } from "../accounts/identities.ts";
import { rememberAttendance } from "../meetings/attendances.ts";
import type { MeetingServices } from "../meetings/meeting_services.ts";
import { placeMeeting } from "../placement/place_meeting.ts";
import type { Placement } from "../placement/registry_protocol.ts";
import type { MeetingRow } from "../store/schema.ts";
import { iceServers } from "./ice_servers.ts";
import { issueMeetingToken } from "./issue_meeting_token.ts";
import { loadRemovals } from "./load_removals.ts";

/** Who is to be let in, and as what. */
export interface Entrant {
  readonly sub: string;
  readonly claims: MeetingClaims;
  /** From where they ask. */
  readonly address: string;
}

/**
 * Makes a ticket: a token from AC, and the place of the meeting, at the same time.
 *
 * @throws {HttpError} 503 while no controller or handler is ready or AC doesn't answer
 */
export async function issueTicket(
  services: MeetingServices,
  row: MeetingRow,
  { sub, claims, address }: Entrant,
  place: Promise<Placement> = placeMeeting(services, row.meeting_id),
): Promise<Ticket> {
  const { meeting_id } = row;
  const now = services.now();
  const isGuest = claims.participant_type === "guest";
  const traceparent = isolateRuntime.tracer?.current();
  const [{ signaling_url, rtp_capabilities }, { token, expires_in }, ice] = await Promise.all([
    place,
    issueMeetingToken(services, row, sub, claims, address),
    iceServers(services.settings, sub, now),
    rememberIdentity(services.store, sub, claims, now),
    loadRemovals(services, meeting_id),
    isGuest ? undefined : rememberAttendance(services.store, { sub, meeting_id, since: now }),
  ]);
  const ticket = { token, expires_in, meeting_id, signaling_url, rtp_capabilities, ...ice };
  return traceparent === undefined ? ticket : { ...ticket, traceparent };
}
