import type { Context } from "../../shared/http/mod.ts";
import { meetingCode } from "../../shared/protocol/mod.ts";
import type { User } from "../accounts/authenticate_user.ts";
import { refuse } from "../errors/errors.ts";
import { assertWithinLimit } from "../limits/assert_within_limit.ts";
import type { MeetingRow } from "../store/schema.ts";
import type { MeetingServices } from "./meeting_services.ts";
import { meetingByCode } from "./meeting_store.ts";

/**
 * The meeting of a code. Unknown codes are counted by `caller` (an address, or a user), and refused with 429 when there
 * are too many. A known code is always let through: an office shares one address, and one who tries codes there must
 * not keep the others out. What keeps codes from being guessed is their 128 random bits.
 *
 * @throws {HttpError} 404 if there is none that `mayKnow`, 429 after too many of those
 */
export async function findMeeting(
  services: MeetingServices,
  code: string | undefined,
  caller: string,
  mayKnow: (row: MeetingRow) => boolean = () => true,
): Promise<MeetingRow> {
  const parsed = meetingCode.safeParse(code);
  const row = parsed.success ? await meetingByCode(services.store, parsed.data) : undefined;
  if (row !== undefined && mayKnow(row)) return row;
  await assertWithinLimit(services, "unknown_code", caller);
  throw refuse("MEETING_NOT_FOUND");
}

/** @throws {HttpError} 410 if the meeting has ended */
export function assertNotEnded({ ended_at }: MeetingRow): void {
  if (ended_at !== null) throw refuse("MEETING_ENDED");
}

/** @throws {HttpError} as `findMeeting`; another organisation's meeting is none */
export function ownMeeting(
  services: MeetingServices,
  { sub, orgId }: User,
  { params }: Context,
): Promise<MeetingRow> {
  return findMeeting(services, params.code, sub, (row) => row.org_id === orgId);
}
