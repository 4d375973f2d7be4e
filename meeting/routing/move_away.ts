import { newView } from "./client_view.ts";
import { type Attending, type MediaState, renewTransports } from "./media_state.ts";
import { type Place, refugeFrom } from "./placement.ts";

/**
 * Has everybody on a handler that is about to end be given transports on another one, if there is a router for them. What
 * they have goes on meanwhile. Where there is none any more, they stay. Somebody who hasn't come back since a failover
 * stays until they do.
 */
export function moveAway(state: MediaState): void {
  const { handlers, actual, attending } = state;
  if (handlers.values().every(({ isDraining }) => !isDraining)) return;
  const refuges = new Map<string, Place | undefined>();
  for (const [participantId, one] of attending) {
    const routerId = actual.participants.get(participantId)?.routerId;
    if (routerId === undefined || !one.isAttached && one.left === null) continue;
    const { region } = one.subscriber;
    const key = JSON.stringify([routerId, region]);
    if (!refuges.has(key)) refuges.set(key, refugeFrom(state, routerId, region));
    const isRouter = refuges.get(key)?.kind === "router";
    if (one.isAttached && isRouter) leave(state, one);
    else if (!one.isAttached && !isRouter) stay(state, one);
  }
}

function leave(state: MediaState, one: Attending): void {
  const { subscriber: { epoch, ready }, view } = one;
  one.left = { epoch, ready, view };
  one.view = newView();
  renewTransports(state, one);
}

/** Takes a move back of which the client was not told yet: it goes on with what it has. */
export function stay({ actual, concerned }: MediaState, one: Attending): void {
  const { subscriber, left } = one;
  const { participantId } = subscriber;
  const there = actual.participants.get(participantId);
  one.left = null;
  concerned.participants.add(participantId);
  // Who has lost these meanwhile needs fresh ones.
  if (left === null || there?.epoch !== left.epoch || there.isDue) return;
  subscriber.epoch = left.epoch;
  subscriber.ready = subscriber.ready.union(left.ready);
  one.view = left.view;
  one.isAttached = true;
}
