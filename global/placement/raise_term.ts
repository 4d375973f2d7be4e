import { isUnavailable, type Store } from "../../shared/store/mod.ts";
import type { GlobalTables } from "../store/schema.ts";

/** A term that no other assignment has; or why there is none. */
export type RaisedTerm = number | "ended" | "unavailable";

/** Raises a meeting's term for one assignment, unless the meeting has ended: both in one statement. */
export async function raiseTerm({ queries }: Store<GlobalTables>, meetingId: string): Promise<RaisedTerm> {
  try {
    const row = await queries.updateTable("meetings").set((eb) => ({ term: eb("term", "+", 1) }))
      .where("meeting_id", "=", meetingId).where("ended_at", "is", null)
      .returning("term").executeTakeFirst();
    return row?.term ?? "ended";
  } catch (error) {
    if (isUnavailable(error)) return "unavailable";
    throw error;
  }
}
