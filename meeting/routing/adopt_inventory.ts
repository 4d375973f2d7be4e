import type { MediaInventory } from "../../shared/protocol/media/inventory.ts";
import { mediaKindOf, type MediaSource } from "../../shared/protocol/mod.ts";
import { participantsOf, routersOn } from "./actual.ts";
import { pipesFromInventory } from "./actual_pipes.ts";
import { changeStanding } from "./change_standing.ts";
import { Consumers } from "./consumers.ts";
import { addDemand } from "./demand.ts";
import { areAllKnown } from "./handler_standing.ts";
import { loseRouter } from "./lose_router.ts";
import { type Attending, type MediaState, nextEpoch, renewTransports } from "./media_state.ts";
import { everythingAllowed, isRefused, reasonsAtBirth } from "./rights.ts";
import { addRemnant, takeRemnantsOn } from "./remnants.ts";
import { saidPaused } from "./said_paused.ts";
import { producersOf, type Subscriber } from "./scene.ts";
import { noteSource } from "./sounds.ts";
import { wantedBy } from "./wanted_by.ts";

/** The participants for whom an inventory is news. */
export interface Adopted {
  /** Their media is gone. */
  readonly lost: string[];
  /** They send what another controller's run has left on the handler. */
  readonly senders: string[];
}

/**
 * Replaces a handler's part of actual by its inventory, and marks every participant with media as concerned. A handler's
 * first inventory also has what another controller's run has left: the producers of the meeting's participants go on, and
 * the media of all others stays until `concernUnknownParticipants`. A wanted consumer without a description is left out of
 * actual, and transports that the client was not given are due: the step that opens them is sent again, and answered
 * with what exists.
 */
export function adoptInventory(
  state: MediaState,
  handlerId: string,
  inventory: MediaInventory,
  nowMs: number,
): Adopted {
  const isFirst = state.handlers.get(handlerId)?.isAdopted === false;
  const theirs = replacePart(state, handlerId, inventory, nowMs);
  changeStanding(state, handlerId, {
    isFull: false,
    isAdopted: true,
    isDraining: inventory.draining ?? false,
  });
  state.concerned.arePipes = true;
  state.flowing.clear();
  noteEpochs(state, inventory);
  const senders = isFirst ? adoptProducers(state, inventory, theirs) : [];
  leaveOutUndescribed(state, theirs, isFirst);
  forgetEndedConsumers(state);
  const { actual, present, concerned, departed } = state;
  for (const participantId of present.union(departed)) concerned.participants.add(participantId);
  if (areAllKnown(state.handlers)) departed.clear();
  for (const [participantId, { producers }] of actual.participants) {
    if (!present.has(participantId)) continue;
    for (const producerId of producers.keys()) concerned.producers.add(producerId);
  }
  const lost = [...present].filter((participantId) => isLost(state, participantId));
  return { lost, senders };
}

/** Answers the participants whose newest transports are on this handler. */
function replacePart(
  state: MediaState,
  handlerId: string,
  inventory: MediaInventory,
  nowMs: number,
): Set<string> {
  const { actual, attending } = state;
  const routers = new Set(inventory.routers.map(({ router_id }) => router_id));
  const gone = new Set(routersOn(actual, handlerId)).difference(routers);
  for (const routerId of routers) actual.routers.set(routerId, handlerId);
  for (const routerId of gone) loseRouter(state, routerId, nowMs);
  for (const [participantId, { routerId }] of actual.participants) {
    if (routers.has(routerId)) actual.participants.delete(participantId);
  }
  const remnants = takeRemnantsOn(actual.remnants, routers);
  for (const [routerId, ends] of pipesFromInventory(inventory)) actual.pipes.set(routerId, ends);
  const theirs = new Set<string>();
  for (const [participantId, here] of participantsOf(inventory)) {
    const elsewhere = actual.participants.get(participantId);
    const isGiven = attending.get(participantId)?.isAttached ?? false;
    if (elsewhere !== undefined && (isGiven || elsewhere.epoch >= here.epoch)) {
      const known = remnants.get(participantId)?.find(({ routerId }) => routerId === here.routerId);
      addRemnant(actual.remnants, participantId, { ...here, untilMs: known?.untilMs }, nowMs);
      continue;
    }
    if (elsewhere !== undefined) addRemnant(actual.remnants, participantId, elsewhere, nowMs);
    actual.participants.set(participantId, here);
    theirs.add(participantId);
  }
  for (const participantId of theirs) attending.get(participantId)?.subscriber.undescribed.clear();
  return theirs;
}

/** Has a participant who keeps their media go on with what an earlier connection, or another controller, has left. */
export function adoptTransports(state: MediaState, attending: Attending): void {
  const { actual, descriptions } = state;
  const { subscriber } = attending;
  const there = actual.participants.get(subscriber.participantId);
  if (there === undefined) return;
  if (there.isDue) return renewTransports(state, attending);
  const consumers = new Consumers(there.consumers);
  const ready = new Set(subscriber.ready);
  for (const [producerId, { consumerId, paused }] of there.consumers) {
    if (!paused) ready.add(producerId);
    if (descriptions.has(consumerId)) continue;
    consumers.delete(producerId);
    subscriber.undescribed.set(producerId, consumerId);
  }
  subscriber.ready = ready;
  subscriber.epoch = there.epoch;
  // The handler is asked for them again, and says whether they are connected.
  actual.participants.set(subscriber.participantId, { ...there, isDue: true, consumers });
}

function noteEpochs({ epochs }: MediaState, { routers }: MediaInventory): void {
  for (const { participant_id, epoch } of routers.flatMap(({ participants }) => participants)) {
    epochs.set(participant_id, Math.max(epoch, epochs.get(participant_id) ?? 0));
  }
}

/** Adds the producers of the meeting's participants to the scene, as rights allow. Answers the participants. */
function adoptProducers(
  state: MediaState,
  { routers }: MediaInventory,
  theirs: ReadonlySet<string>,
): string[] {
  const { scene, present, away, rights, demands, attending } = state;
  const senders = new Set<string>();
  const adopted = new Map(scene.producers);
  for (
    const { participant_id: participantId, epoch, producers } of routers.flatMap((one) => one.participants)
  ) {
    if (!present.has(participantId) || !theirs.has(participantId)) continue;
    const one = attending.get(participantId);
    for (const { producer_id: producerId, source, paused, layers } of producers) {
      const theirs = rights.get(participantId) ?? everythingAllowed();
      if (isRefused(theirs, source)) continue;
      const isPaused = one === undefined || one.isAttached
        ? paused
        : pausedOf(one.subscriber, source, paused);
      const pausedBy = reasonsAtBirth(theirs, source, isPaused);
      if (away.has(participantId)) pausedBy.add("away");
      const kind = mediaKindOf(source);
      const producer = { producerId, participantId, kind, source, epoch, layers, pausedBy };
      adopted.set(producerId, producer);
      addDemand(demands, producer, true);
      noteSource(state, producer);
      senders.add(participantId);
    }
  }
  scene.producers = adopted;
  return [...senders];
}

/** Whether a participant who has come back, and was not answered yet, has a source paused. */
function pausedOf({ said, keeps }: Subscriber, source: MediaSource, wasPaused: boolean): boolean {
  return said === null ? wasPaused : saidPaused(said, source, { wasPaused, keeps });
}

function leaveOutUndescribed(state: MediaState, theirs: ReadonlySet<string>, isFirst: boolean): void {
  const { actual, attending, descriptions, scene } = state;
  for (const [participantId, there] of actual.participants) {
    if (!theirs.has(participantId)) continue;
    const one = attending.get(participantId);
    // Nobody asks for a description of what a client has who has not come back.
    if (one === undefined) continue;
    if (one.subscriber.keeps) adoptTransports(state, one);
    else if (!one.isAttached && one.left?.epoch !== there.epoch) {
      // Transports of another controller's run can't be given to the client: they are replaced at a higher epoch.
      if (isFirst) one.subscriber.epoch = nextEpoch(state, participantId);
      actual.participants.set(participantId, { ...there, isDue: true, consumers: new Consumers() });
    } else {
      const undescribed = [...there.consumers].filter(([, { consumerId }]) => !descriptions.has(consumerId));
      if (undescribed.length === 0) continue;
      // What isn't wanted any more is closed as it is.
      const wanted = wantedBy(one.subscriber, scene);
      for (const [producerId] of undescribed) if (wanted.has(producerId)) there.consumers.delete(producerId);
    }
  }
}

/** Whether a participant uses transports, or sends a producer, that the handler doesn't have. */
function isLost({ scene, actual, attending }: MediaState, participantId: string): boolean {
  const one = attending.get(participantId);
  const there = actual.participants.get(participantId);
  // Who has not come back since a failover sends over what the failover has left.
  if (one === undefined) return there === undefined && producersOf(scene, participantId).length > 0;
  if (!one.isAttached) return false;
  if (there === undefined || there.isDue || there.epoch !== one.subscriber.epoch) return true;
  return producersOf(scene, participantId).some(({ producerId, epoch }) =>
    epoch === there.epoch && !there.producers.has(producerId)
  );
}

function forgetEndedConsumers({ actual, descriptions, sentLayers }: MediaState): void {
  const there = new Set<string>();
  for (const { consumers } of actual.participants.values()) {
    for (const { consumerId } of consumers.values()) there.add(consumerId);
  }
  for (const known of [descriptions, sentLayers]) {
    for (const consumerId of known.keys()) if (!there.has(consumerId)) known.delete(consumerId);
  }
}
