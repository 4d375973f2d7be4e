import type { ActorContext, Protocol } from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import type { Lease } from "../../shared/store/live/mod.ts";
import type { MeetingStateInit } from "./meeting_state_init.ts";

/**
 * The lease with which a meeting goes on after a hand-over that failed: the one that it had if GC has given the meeting
 * to nobody as far as the store says, else one of a new term. Null if another controller has opened the meeting, or if GC
 * can't give it back. A store that knows of no lease, or of a lower generation, has lost its last changes: the meeting's
 * next write has it take the lease back, unless it knows that the meeting is over.
 */
export async function takeBack(
  context: Pick<ActorContext<Protocol>, "ask">,
  { live, upstream, place }: Pick<MeetingStateInit, "live" | "upstream" | "place">,
  lease: Lease,
): Promise<Lease | null> {
  const { meeting_id, generation } = lease;
  const known = await context.ask(live.leases, "lease", { meeting_id });
  // While the store is away nothing says that the meeting is elsewhere.
  if (!known.ok || (known.value?.generation ?? 0) <= generation) return lease;
  const given = await context.ask(upstream, "takeBack", { meeting_id, ...place });
  if (!given.ok) return lost(meeting_id, given.error.code);
  const acquired = await context.ask(live.leases, "acquire", { meeting_id, ...place });
  if (!acquired.ok) return lost(meeting_id, acquired.error.code);
  logger("meeting").info("a meeting that was handed over goes on here", { meeting_id });
  return acquired.value;
}

function lost(meeting_id: string, code: string): null {
  logger("meeting").warn("a meeting that was handed over can't be taken back", { meeting_id, code });
  return null;
}
