import { isUnavailable, type Store } from "../../shared/store/mod.ts";
import type { StoredFacts } from "../placement/registry_protocol.ts";
import type { GlobalTables } from "../store/schema.ts";
import { meetingById } from "./meeting_store.ts";
import { factsOf } from "./meeting_view.ts";
import { hasBannedGuest } from "./removals.ts";

/** What a meeting controller is told of a meeting, as it is stored at this moment. */
export async function storedFacts(
  store: Store<GlobalTables>,
  publicUrl: string,
  meetingId: string,
): Promise<StoredFacts> {
  try {
    const row = await meetingById(store, meetingId);
    if (row === undefined || row.ended_at !== null) return "ended";
    const facts = factsOf(row, publicUrl);
    return await hasBannedGuest(store, meetingId) ? { ...facts, guest_banned: true } : facts;
  } catch (error) {
    if (isUnavailable(error)) return "unavailable";
    throw error;
  }
}
