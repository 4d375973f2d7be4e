import { meetingCode } from "../../shared/protocol/mod.ts";
import { refuse } from "../errors/errors.ts";
import { assertNotLimited, assertWithinLimit } from "../limits/assert_within_limit.ts";
import type { MeetingRow } from "../store/schema.ts";
import type { MeetingServices } from "./meeting_services.ts";
import { meetingByCode } from "./meeting_store.ts";

/**
 * The meeting of a code that somebody came with. Wrong codes are counted by `caller` (an address, or a user), so that
 * nobody finds meetings by trying; the limit refuses right codes too, or it would tell them from wrong ones.
 *
 * @throws {HttpError} 404 if there is none that `mayKnow`, 429 after too many of those
 */
export async function findMeeting(
  services: MeetingServices,
  code: string | undefined,
  caller: string,
  mayKnow: (row: MeetingRow) => boolean = () => true,
): Promise<MeetingRow> {
  await assertNotLimited(services, "unknown_code", caller);
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
