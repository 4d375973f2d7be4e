import type { ActorContext, Protocol, Value } from "../../shared/actor/mod.ts";
import { type Lease, type LiveStore, MOST_LEASES } from "../../shared/store/live/mod.ts";
import type { Leases } from "../../shared/store/live/ports/leases.ts";

export interface PlacedOf {
  readonly placed: Value<typeof Leases, "hold">;
  /** The meetings of which the store has no lease. */
  readonly unplaced: readonly string[];
}

/**
 * On which controllers these meetings are placed, which `place` runs. Those for which the store doesn't answer are in
 * neither list.
 */
export async function placedOf(
  context: Pick<ActorContext<Protocol>, "ask">,
  leases: LiveStore["leases"],
  { controller_id, instance_id }: Pick<Lease, "controller_id" | "instance_id">,
  meetingIds: readonly string[],
): Promise<PlacedOf> {
  const found: Value<typeof Leases, "hold"> = [];
  const unplaced: string[] = [];
  for (let from = 0; from < meetingIds.length; from += MOST_LEASES) {
    const meeting_ids = meetingIds.slice(from, from + MOST_LEASES);
    const placed = await context.ask(leases, "hold", { meeting_ids, controller_id, instance_id });
    if (!placed.ok) continue;
    found.push(...placed.value);
    const ids = new Set(placed.value.map(({ meeting_id }) => meeting_id));
    unplaced.push(...meeting_ids.filter((id) => !ids.has(id)));
  }
  return { placed: found, unplaced };
}
