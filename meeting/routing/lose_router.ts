import { dropRouter, routersOn } from "./actual.ts";
import { changeStanding } from "./change_standing.ts";
import type { MediaState } from "./media_state.ts";
import { producersOf } from "./scene.ts";
import { takeSpeaker } from "./sounds.ts";

/**
 * Drops a router that is gone from actual. Answers the participants who had media on it, also those who have not come back
 * since a failover.
 */
export function loseRouter(state: MediaState, routerId: string, nowMs: number): string[] {
  takeSpeaker(state, routerId, null, nowMs);
  state.fullRouters.delete(routerId);
  const handlerId = state.actual.routers.get(routerId);
  const lost = dropRouter(state.actual, routerId)
    .filter((id) => state.attending.has(id) || producersOf(state.scene, id).length > 0);
  // Opening the meeting there anew gives it another router.
  if (handlerId !== undefined && routersOn(state.actual, handlerId).length === 0) {
    changeStanding(state, handlerId, { state: "closed" });
  }
  return lost;
}
