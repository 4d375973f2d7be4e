import { dropProducer, dropRouter, nothingThere } from "./actual.ts";
import { concernAll, type MediaState } from "./media_state.ts";
import { removeProducers } from "./producers.ts";
import { producersOf } from "./scene.ts";
import { takeSpeaker } from "./sounds.ts";
import { attachSubscriber } from "./subscribers.ts";

/** Empties actual after the handler's end. Answers the participants who had media on it. */
export function loseHandler(state: MediaState, nowMs: number): string[] {
  for (const routerId of state.actual.routers.keys()) takeSpeaker(state, routerId, null, nowMs);
  const lost = [...state.attending].filter(([, { isAttached }]) => isAttached).map(([id]) => id);
  state.actual = nothingThere();
  concernAll(state);
  return lost;
}

/** Drops a router that is gone from actual. Answers the participants who had media on it. */
export function loseRouter(state: MediaState, routerId: string, nowMs: number): string[] {
  takeSpeaker(state, routerId, null, nowMs);
  return dropRouter(state.actual, routerId).filter((id) => state.attending.has(id));
}

/** Takes these participants' media for lost: they get fresh transports, and produce again. */
export function loseMedia(state: MediaState, participantIds: readonly string[]): void {
  for (const participantId of participantIds) {
    const attending = state.attending.get(participantId);
    const gone = producersOf(state.scene, participantId).map(({ producerId }) => producerId);
    removeProducers(state, gone);
    for (const producerId of gone) dropProducer(state.actual, producerId);
    if (attending === undefined) continue;
    const { rtpCapabilities, layout, slots } = attending.subscriber;
    attachSubscriber(state, { participantId, rtpCapabilities, layout, slots });
  }
}
