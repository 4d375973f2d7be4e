import { routersOn } from "./actual.ts";
import type { HandlerStanding } from "./handler_standing.ts";
import type { MediaState } from "./media_state.ts";
import { releaseWithheld } from "./due_batches.ts";

/**
 * Notes a change of a handler's standing. Participants who wait for a router, and steps that wait for this handler, are
 * computed again.
 */
export function changeStanding(state: MediaState, handlerId: string, change: Partial<HandlerStanding>): void {
  const { handlers, fullRouters, actual } = state;
  const before = handlers.get(handlerId);
  if (before === undefined) return;
  handlers.set(handlerId, { ...before, ...change });
  if (change.isFull === false) {
    for (const routerId of routersOn(actual, handlerId)) fullRouters.delete(routerId);
  }
  state.isAdopting &&= [...handlers.values()].some(({ isAdopted, state: one }) =>
    !isAdopted && (one === "closed" || one === "opening")
  );
  releaseWithheld(state, handlerId);
}
