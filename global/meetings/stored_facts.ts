import { isUnavailable, type Store } from "../../shared/store/mod.ts";
import type { StoredFacts } from "../placement/registry_protocol.ts";
import type { GlobalTables } from "../store/schema.ts";
import { factsOf } from "./meeting_view.ts";
import { bansOf } from "./removals.ts";

/** What a meeting controller is told of a meeting, as it is stored at this moment. */
export async function storedFacts(
  { queries }: Store<GlobalTables>,
  publicUrl: string,
  meetingId: string,
): Promise<StoredFacts> {
  try {
    const row = await queries.selectFrom("meetings").selectAll()
      .select((eb) => eb.exists(bansOf(queries, meetingId)).as("has_ban"))
      .where("meeting_id", "=", meetingId).executeTakeFirst();
    if (row === undefined || row.ended_at !== null) return "ended";
    const facts = factsOf(row, publicUrl);
    // SQLite says 0 or 1.
    return row.has_ban ? { ...facts, guest_banned: true } : facts;
  } catch (error) {
    if (isUnavailable(error)) return "unavailable";
    throw error;
  }
}
