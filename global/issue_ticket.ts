import { type Failure, isolateRuntime } from "../shared/actor/mod.ts";
import type { HttpError } from "../shared/http/mod.ts";
import type { MeetingClaims, Ticket } from "../shared/protocol/mod.ts";
import type { Placement } from "./actors/registry_protocol.ts";
import { refuse } from "./errors.ts";
import { busy } from "./find_meeting.ts";
import { isDisabled } from "./is_disabled.ts";
import { issueMeetingToken } from "./issue_meeting_token.ts";
import { factsOf } from "./meeting_view.ts";
import type { Parts } from "./parts.ts";
import { rememberIdentity } from "./store/identities.ts";
import type { MeetingRow } from "./store/schema.ts";

/** Who is to be let in, and as what. */
export interface Entrant {
  readonly sub: string;
  readonly claims: MeetingClaims;
}

/**
 * Makes a ticket: a token from AC, and the place of the meeting, at the same time.
 *
 * @throws {HttpError} 503 while no controller or handler is ready or AC doesn't answer
 */
export async function issueTicket(
  parts: Parts,
  row: MeetingRow,
  { sub, claims }: Entrant,
  place: Promise<Placement> = placeMeeting(parts, row),
): Promise<Ticket> {
  const traceparent = isolateRuntime.tracer?.current();
  const [{ signaling_url, rtp_capabilities }, { token, expires_in }] = await Promise.all([
    place,
    issueMeetingToken(parts, sub, claims),
    rememberIdentity(parts.store, sub, claims, parts.now()),
  ]);
  const { meeting_id } = row;
  const ticket = { token, expires_in, meeting_id, signaling_url, rtp_capabilities, ice_servers: [] };
  return traceparent === undefined ? ticket : { ...ticket, traceparent };
}

/**
 * Where a meeting is, or is to be.
 *
 * @throws {HttpError} 503 while it can't be anywhere
 */
export async function placeMeeting({ registry, settings }: Parts, row: MeetingRow): Promise<Placement> {
  const outcome = await registry.ask("place", { facts: factsOf(row, settings.publicUrl) });
  if (outcome.ok) return outcome.value;
  throw noPlace(outcome.error);
}

/** The refusal for a meeting that can't be placed. */
export function noPlace(error: Failure): HttpError {
  const options = { retryAfterSeconds: 1, cause: error };
  if (error.code === "no_controller") return refuse("CONTROLLER_UNAVAILABLE", options);
  return error.code === "no_handler" ? refuse("HANDLER_UNAVAILABLE", options) : busy(error);
}

/**
 * Refuses whom a host removed, a token that was issued before that and every one after a ban, and whose account is
 * disabled.
 *
 * @throws {HttpError} 403
 */
export async function assertNotRemoved(
  parts: Parts,
  meeting_id: string,
  sub: string,
  issued_ms: number,
): Promise<void> {
  const outcome = await parts.live.revocations.ask("revoked", { meeting_id, sub, issued_ms });
  if (!outcome.ok) throw busy(outcome.error);
  if (outcome.value || await isDisabled(parts, sub)) throw refuse("REMOVED");
}
