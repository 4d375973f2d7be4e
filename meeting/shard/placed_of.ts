import type { ActorContext, Protocol, Value } from "../../shared/actor/mod.ts";
import type { LiveStore } from "../../shared/store/live/mod.ts";
import type { Leases } from "../../shared/store/live/ports/leases.ts";

/** The store answers for so many meetings at a time. */
const most = 1_000;

export interface PlacedOf {
  readonly placed: Value<typeof Leases, "placed">;
  /** The meetings of which the store has no lease. */
  readonly unplaced: readonly string[];
}

/** On which controllers these meetings are placed. Those for which the store doesn't answer are in neither list. */
export async function placedOf(
  context: Pick<ActorContext<Protocol>, "ask">,
  leases: LiveStore["leases"],
  meetingIds: readonly string[],
): Promise<PlacedOf> {
  const found: Value<typeof Leases, "placed"> = [];
  const unplaced: string[] = [];
  for (let from = 0; from < meetingIds.length; from += most) {
    const meeting_ids = meetingIds.slice(from, from + most);
    const placed = await context.ask(leases, "placed", { meeting_ids });
    if (!placed.ok) continue;
    found.push(...placed.value);
    const ids = new Set(placed.value.map(({ meeting_id }) => meeting_id));
    unplaced.push(...meeting_ids.filter((id) => !ids.has(id)));
  }
  return { placed: found, unplaced };
}
