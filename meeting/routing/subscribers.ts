import type { FilledSlot } from "../layout/tile.ts";
import { adoptTransports } from "./adopt_inventory.ts";
import { changedProducers } from "./changed_producers.ts";
import { newView } from "./client_view.ts";
import { concernStreams } from "./concern.ts";
import { tellAgain } from "./demand.ts";
import { areAllKnown } from "./handler_standing.ts";
import { type Attending, type MediaState, nextEpoch } from "./media_state.ts";
import { removeProducers } from "./producers.ts";
import { producersOf, type Subscriber } from "./scene.ts";

/** A client that is to receive media. */
export type NewSubscriber = Pick<
  Subscriber,
  "participantId" | "rtpCapabilities" | "region" | "layout" | "slots" | "said"
>;

/** Adds a subscriber with fresh transports, which replace the ones that the participant has. */
export function attachSubscriber(state: MediaState, fresh: NewSubscriber): void {
  subscribe(state, {
    ...fresh,
    epoch: nextEpoch(state, fresh.participantId),
    keeps: false,
    ready: new Set(),
    hidden: new Map(),
    undescribed: new Map(),
    refused: new Set(),
  });
}

/**
 * Adds a subscriber who goes on with the transports that they have, if the handler says that these are connected.
 * Otherwise they get fresh ones.
 */
export function keepSubscriber(state: MediaState, fresh: NewSubscriber): void {
  const { participantId } = fresh;
  const before = state.attending.get(participantId);
  const isAsking = before?.isAttached === false;
  // The client was not given the transports that it was about to get.
  if (isAsking && !before.subscriber.keeps) return attachSubscriber(state, fresh);
  const isNothingThere = areAllKnown(state.handlers) && !state.actual.participants.has(participantId);
  if (before === undefined && isNothingThere) return attachSubscriber(state, fresh);
  const kept = subscribe(state, {
    ...fresh,
    epoch: before?.subscriber.epoch ?? 0,
    keeps: true,
    ready: new Set(before?.subscriber.ready),
    hidden: new Map(before?.subscriber.hidden),
    undescribed: new Map(before?.subscriber.undescribed),
    refused: new Set(before?.subscriber.refused),
  });
  // An earlier connection may be waiting for the same: whether the transports are connected.
  if (!isAsking) adoptTransports(state, kept);
  // The client may have missed the last demands.
  for (const { producerId } of producersOf(state.scene, participantId)) tellAgain(state.demands, producerId);
}

/** Fills a subscriber's slots anew, in the same layout. */
export function setSlots(
  { scene, concerned }: MediaState,
  participantId: string,
  slots: readonly FilledSlot[],
): void {
  const subscriber = scene.subscribers.get(participantId);
  if (subscriber === undefined) return;
  concernStreams(concerned, participantId, changedProducers(subscriber.slots, slots));
  subscriber.slots = slots;
}

/** Removes a participant who left. Answers their producers, which are removed as well. */
export function detachParticipant(state: MediaState, participantId: string): string[] {
  state.present.delete(participantId);
  state.scene.subscribers.delete(participantId);
  state.attending.delete(participantId);
  state.epochs.delete(participantId);
  state.away.delete(participantId);
  state.rights.delete(participantId);
  state.concerned.participants.add(participantId);
  if (!areAllKnown(state.handlers)) state.departed.add(participantId);
  return removeProducers(
    state,
    producersOf(state.scene, participantId).map(({ producerId }) => producerId),
  );
}

function subscribe({ present, scene, attending, concerned }: MediaState, subscriber: Subscriber): Attending {
  const { participantId } = subscriber;
  const one = { subscriber, view: newView(), isAttached: false, left: null };
  present.add(participantId);
  scene.subscribers.set(participantId, subscriber);
  attending.set(participantId, one);
  concerned.participants.add(participantId);
  return one;
}
