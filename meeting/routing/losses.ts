import { dropProducer, routersOn } from "./actual.ts";
import { loseRouter } from "./lose_router.ts";
import { concernAll, type MediaState } from "./media_state.ts";
import { removeProducers } from "./producers.ts";
import { producersOf } from "./scene.ts";
import { attachSubscriber } from "./subscribers.ts";

/** Drops a handler's routers from actual after its end. Answers the participants who had media on them. */
export function loseHandler(state: MediaState, handlerId: string, nowMs: number): string[] {
  const lost = routersOn(state.actual, handlerId).flatMap((routerId) => loseRouter(state, routerId, nowMs));
  concernAll(state);
  return lost;
}

/** Takes these participants' media for lost: they get fresh transports, and produce again. */
export function loseMedia(state: MediaState, participantIds: readonly string[]): void {
  for (const participantId of participantIds) {
    const attending = state.attending.get(participantId);
    const gone = producersOf(state.scene, participantId).map(({ producerId }) => producerId);
    removeProducers(state, gone);
    for (const producerId of gone) dropProducer(state.actual, producerId);
    if (attending === undefined) continue;
    const { rtpCapabilities, region, layout, slots } = attending.subscriber;
    attachSubscriber(state, { participantId, rtpCapabilities, region, layout, slots, said: null });
  }
}
