import { newView } from "./client_view.ts";
import { type MediaState, renewTransports } from "./media_state.ts";
import { hasToMove } from "./placement.ts";

/**
 * Has everybody on a handler that is about to end be given transports on another one, if there is another. What they have
 * goes on meanwhile. Somebody who hasn't come back since a failover stays until they do.
 */
export function moveAway(state: MediaState): void {
  const { handlers, actual, attending } = state;
  if (handlers.values().every(({ isDraining }) => !isDraining)) return;
  for (const [participantId, one] of attending) {
    const there = actual.participants.get(participantId);
    if (!one.isAttached || there === undefined || !hasToMove(state, there.routerId)) continue;
    const moving = { ...one, view: newView() };
    attending.set(participantId, moving);
    renewTransports(state, moving);
  }
}
