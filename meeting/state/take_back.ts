import type { ActorContext, Protocol } from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import { isHeldBy, type Lease } from "../../shared/store/live/mod.ts";
import type { MeetingStateInit } from "./meeting_state_init.ts";

/**
 * The lease with which a meeting goes on after a hand-over that failed: the one that it had if GC has given the meeting
 * to nobody as far as the store says, else one of a new term. `lost` if another controller has opened the meeting;
 * `undecided` while the store or GC doesn't answer. A store that knows of no lease, or of a lower generation, has lost its
 * last changes: the meeting's next write has it take the lease back, unless it knows that the meeting is over.
 */
export async function takeBack(
  context: Pick<ActorContext<Protocol>, "ask">,
  { live, upstream, place }: Pick<MeetingStateInit, "live" | "upstream" | "place">,
  lease: Lease,
): Promise<Lease | "undecided" | "lost"> {
  const { meeting_id, generation } = lease;
  const known = await context.ask(live.leases, "lease", { meeting_id });
  if (!known.ok) return notTaken(meeting_id, known.error.code);
  const there = known.value;
  if (there === null || there.generation <= generation) return lease;
  // It may have been given back before, and then the store or GC did not answer in time.
  if (!isHeldBy(there, place)) {
    const given = await context.ask(upstream, "takeBack", { meeting_id, ...place });
    if (!given.ok) return notTaken(meeting_id, given.error.code);
  }
  const acquired = await context.ask(live.leases, "acquire", { meeting_id, ...place });
  if (!acquired.ok) return notTaken(meeting_id, acquired.error.code);
  logger("meeting").info("a meeting that was handed over goes on here", { meeting_id });
  return acquired.value;
}

function notTaken(meeting_id: string, code: string): "undecided" | "lost" {
  if (code !== "refused" && code !== "not_here") return "undecided";
  logger("meeting").warn("a meeting that was handed over can't be taken back", { meeting_id, code });
  return "lost";
}
