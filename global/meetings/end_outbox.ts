import { sql } from "kysely";
import { KEEP_ENDS_MS } from "../../shared/store/live/mod.ts";
import type { Store } from "../../shared/store/mod.ts";
import { endAtController, type LeaseServices } from "../placement/tell_controller.ts";
import type { EndOutboxRow, GlobalTables } from "../store/schema.ts";

type Db = Store<GlobalTables>;

type DeliveringServices = LeaseServices & { readonly store: Db };

const ENDS_AT_ONCE = 100;

/** Has an end take effect in the live store and at the meeting's controller. `false` if that has to be tried again. */
export async function deliverEnd(
  services: DeliveringServices,
  { meeting_id, ended_at }: EndOutboxRow,
): Promise<boolean> {
  if (!await endAtController(services, meeting_id, ended_at)) return false;
  await forgetEnd(services.store, meeting_id);
  return true;
}

/**
 * Delivers the ends that wait, up to the first that can't be; how many were delivered. They come in no order, so that one
 * that can never be delivered doesn't hold the others back.
 */
export async function deliverEnds(services: DeliveringServices): Promise<number> {
  const ends = await services.store.queries.selectFrom("end_outbox").selectAll()
    .orderBy(sql`random()`).limit(ENDS_AT_ONCE).execute();
  for (const [delivered, end] of ends.entries()) {
    if (!await deliverEnd(services, end)) return delivered;
  }
  return ends.length;
}

/** The live store has a meeting's end. */
export async function forgetEnd({ queries }: Db, meetingId: string): Promise<void> {
  await queries.deleteFrom("end_outbox").where("meeting_id", "=", meetingId).execute();
}

/** Has the ends wait once more that the live store has had: it may have lost them. */
export async function repeatEnds({ queries }: Db, nowMs: number): Promise<void> {
  const ended = queries.selectFrom("meetings").select(["meeting_id", "ended_at"])
    .where("ended_at", ">", nowMs - KEEP_ENDS_MS);
  await queries.insertInto("end_outbox").columns(["meeting_id", "ended_at"]).expression(ended)
    .onConflict((conflict) => conflict.column("meeting_id").doNothing()).execute();
}
