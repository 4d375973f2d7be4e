import { unavailable } from "../errors/unavailable.ts";
import type { MeetingServices } from "../meetings/meeting_services.ts";
import { removalsInForce } from "../meetings/removals.ts";

/**
 * Has the live store, which the doors of all shards ask, know who was removed from a meeting, also when it was lost
 * meanwhile. Done before any ticket is given: no token that a shard could accept is older.
 *
 * @throws {HttpError} 503 while the live store doesn't answer
 */
export async function loadRemovals(
  { store, live, now }: Pick<MeetingServices, "store" | "live" | "now">,
  meetingId: string,
): Promise<void> {
  const removals = await removalsInForce(store, meetingId, now());
  await Promise.all(removals.map(async ({ at_ms, ...removal }) => {
    const { meeting_id, sub } = removal;
    const known = await live.revocations.ask("revoked", { meeting_id, sub, issued_ms: at_ms });
    if (!known.ok) throw unavailable(known.error);
    if (known.value) return;
    const revoked = await live.revocations.ask("revoke", { ...removal, at_ms });
    if (!revoked.ok) throw unavailable(revoked.error);
  }));
}
