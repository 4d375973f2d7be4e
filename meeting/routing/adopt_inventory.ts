import type { MediaInventory } from "../../shared/protocol/media/inventory.ts";
import { mediaKindOf } from "../../shared/protocol/signaling/entities.ts";
import { fromInventory, olderThanAny } from "./actual.ts";
import { addDemand } from "./demand.ts";
import { type Attending, type MediaState, nextEpoch, renewTransports } from "./media_state.ts";
import { everythingAllowed, isRefused, reasonsAtBirth } from "./rights.ts";
import { producersOf } from "./scene.ts";
import { wantedBy } from "./wanted_by.ts";

/** The participants for whom an inventory is news. */
export interface Adopted {
  /** Their media is gone. */
  readonly lost: string[];
  /** They send what another controller's run has left on the handler. */
  readonly senders: string[];
}

/**
 * Replaces actual by a handler's inventory, and marks every participant with media as concerned. The first inventory
 * also has what another controller's run has left: the producers of the meeting's participants go on, and the media of
 * all others stays until `concernUnknownParticipants`. A wanted consumer without a description is left out of actual, and
 * transports that the client was not given count as older than any: the step that opens them is sent again, and
 * answered with what exists.
 */
export function adoptInventory(state: MediaState, inventory: MediaInventory): Adopted {
  state.actual = fromInventory(inventory);
  state.undescribed.clear();
  state.fullRouters.clear();
  state.isHandlerFull = false;
  state.concerned.arePipes = true;
  noteEpochs(state, inventory);
  const senders = state.isOpened ? [] : adoptProducers(state, inventory);
  leaveOutUndescribed(state);
  state.isOpened = true;
  pruneDescriptions(state);
  const { actual, attending, present, concerned } = state;
  for (const participantId of present) concerned.participants.add(participantId);
  for (const [participantId, { producers }] of actual.participants) {
    if (!present.has(participantId)) continue;
    for (const producerId of producers.keys()) concerned.producers.add(producerId);
  }
  const lost = [...attending.keys()].filter((participantId) => isLost(state, participantId));
  return { lost, senders };
}

/** Has a participant who keeps their media go on with what an earlier connection, or another controller, has left. */
export function adoptTransports(state: MediaState, attending: Attending): void {
  const { actual, descriptions, undescribed } = state;
  const { subscriber } = attending;
  const there = actual.participants.get(subscriber.participantId);
  if (there === undefined) return;
  if (there.epoch === olderThanAny) return renewTransports(state, attending);
  const consumers = new Map(there.consumers);
  const ready = new Set(subscriber.ready);
  for (const [producerId, { consumerId, paused }] of there.consumers) {
    if (!paused) ready.add(producerId);
    if (descriptions.has(consumerId)) continue;
    consumers.delete(producerId);
    undescribed.add(consumerId);
  }
  subscriber.ready = ready;
  subscriber.epoch = there.epoch;
  // The handler is asked for them again, and says whether they are connected.
  actual.participants.set(subscriber.participantId, { ...there, epoch: olderThanAny, consumers });
}

function noteEpochs({ epochs }: MediaState, { routers }: MediaInventory): void {
  for (const { participant_id, epoch } of routers.flatMap(({ participants }) => participants)) {
    epochs.set(participant_id, Math.max(epoch, epochs.get(participant_id) ?? 0));
  }
}

/** Adds the producers of the meeting's participants to the scene, as rights allow. Answers the participants. */
function adoptProducers(state: MediaState, { routers }: MediaInventory): string[] {
  const { scene, present, away, rights, demands, soundsDue } = state;
  const senders = new Set<string>();
  const adopted = new Map(scene.producers);
  for (
    const { participant_id: participantId, epoch, producers } of routers.flatMap((one) => one.participants)
  ) {
    if (!present.has(participantId)) continue;
    for (const { producer_id: producerId, source, paused, layers } of producers) {
      const theirs = rights.get(participantId) ?? everythingAllowed();
      if (isRefused(theirs, source)) continue;
      const pausedBy = reasonsAtBirth(theirs, source, paused);
      if (away.has(participantId)) pausedBy.add("away");
      const kind = mediaKindOf(source);
      const producer = { producerId, participantId, kind, source, epoch, layers, pausedBy };
      adopted.set(producerId, producer);
      addDemand(demands, producer, true);
      if (kind === "audio") soundsDue.add(participantId);
      senders.add(participantId);
    }
  }
  scene.producers = adopted;
  return [...senders];
}

function leaveOutUndescribed(state: MediaState): void {
  const { actual, attending, descriptions, scene } = state;
  for (const [participantId, there] of actual.participants) {
    const one = attending.get(participantId);
    // Nobody asks for a description of what a client has who has not come back.
    if (one === undefined) continue;
    if (one.subscriber.keeps) adoptTransports(state, one);
    else if (!one.isAttached) {
      // Transports of another controller's run can't be given to the client: they are replaced at a higher epoch.
      if (!state.isOpened) one.subscriber.epoch = nextEpoch(state, participantId);
      actual.participants.set(participantId, { ...there, epoch: olderThanAny, consumers: new Map() });
    } else {
      const undescribed = [...there.consumers].filter(([, { consumerId }]) => !descriptions.has(consumerId));
      if (undescribed.length === 0) continue;
      // What isn't wanted any more is closed as it is.
      const wanted = wantedBy(one.subscriber, scene);
      for (const [producerId] of undescribed) if (wanted.has(producerId)) there.consumers.delete(producerId);
    }
  }
}

/** Whether the client uses transports, or sends a producer, that the handler doesn't have. */
function isLost({ scene, actual, attending }: MediaState, participantId: string): boolean {
  const one = attending.get(participantId);
  if (one === undefined || !one.isAttached) return false;
  const there = actual.participants.get(participantId);
  if (there?.epoch !== one.subscriber.epoch) return true;
  return producersOf(scene, participantId).some(({ producerId, epoch }) =>
    epoch === there.epoch && !there.producers.has(producerId)
  );
}

function pruneDescriptions({ actual, descriptions }: MediaState): void {
  const there = new Set<string>();
  for (const { consumers } of actual.participants.values()) {
    for (const { consumerId } of consumers.values()) there.add(consumerId);
  }
  for (const consumerId of descriptions.keys()) if (!there.has(consumerId)) descriptions.delete(consumerId);
}
