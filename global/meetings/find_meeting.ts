import type { HttpError } from "../../shared/http/mod.ts";
import { meetingCode } from "../../shared/protocol/mod.ts";
import { refuse } from "../errors/errors.ts";
import type { Parts } from "../composition/parts.ts";
import type { MeetingRow } from "../store/schema.ts";
import { meetingByCode } from "./meeting_store.ts";
import { checkTurn, takeTurn } from "../limits/take_turn.ts";

/**
 * The meeting of a code that somebody came with. Wrong codes are counted by `guesser` (an address, or a user), so that
 * nobody finds meetings by trying; the limit refuses right codes too, or it would tell them from wrong ones.
 *
 * @throws {HttpError} 404 if there is none that `mayKnow`, 429 after too many of those
 */
export async function findMeeting(
  parts: Parts,
  code: string | undefined,
  guesser: string,
  mayKnow: (row: MeetingRow) => boolean = () => true,
): Promise<MeetingRow> {
  await checkTurn(parts, "unknown_code", guesser);
  const parsed = meetingCode.safeParse(code);
  const row = parsed.success ? await meetingByCode(parts.store, parsed.data) : undefined;
  if (row !== undefined && mayKnow(row)) return row;
  await takeTurn(parts, "unknown_code", guesser);
  throw refuse("MEETING_NOT_FOUND");
}

/** @throws {HttpError} 410 if the meeting has ended */
export function assertGoesOn({ ended_at }: MeetingRow): void {
  if (ended_at !== null) throw refuse("MEETING_ENDED");
}

/** What to answer when the live store or the registry don't. */
export function busy(cause: unknown): HttpError {
  return refuse("UNAVAILABLE", { retryAfterSeconds: 1, cause });
}
