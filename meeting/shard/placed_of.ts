import type { ActorContext, Protocol, Value } from "../../shared/actor/mod.ts";
import type { LiveStore } from "../../shared/store/live/mod.ts";
import type { Leases } from "../../shared/store/live/ports/leases.ts";

/** The store answers for so many meetings at a time. */
const most = 1_000;

/** On which controllers these meetings are placed. Nothing is known of those for which the store doesn't answer. */
export async function placedOf(
  context: Pick<ActorContext<Protocol>, "ask">,
  leases: LiveStore["leases"],
  meetingIds: readonly string[],
): Promise<Value<typeof Leases, "placed">> {
  const found: Value<typeof Leases, "placed"> = [];
  for (let from = 0; from < meetingIds.length; from += most) {
    const meeting_ids = meetingIds.slice(from, from + most);
    const placed = await context.ask(leases, "placed", { meeting_ids });
    if (placed.ok) found.push(...placed.value);
  }
  return found;
}
