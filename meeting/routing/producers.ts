import { addDemand, dropDemand } from "./demand.ts";
import { concernStreams } from "./concern.ts";
import { concernTold, type MediaState } from "./media_state.ts";
import {
  everythingAllowed,
  type HeldRights,
  holdRights,
  isDenied,
  isRefused,
  noteHeard,
  reasonsAfter,
  reasonsAtBirth,
  type RightsChange,
} from "./rights.ts";
import { saidPaused } from "./said_paused.ts";
import { newestOf, type PauseReason, type Producer, producersOf, type Subscriber } from "./scene.ts";
import { mediaOn } from "./sending.ts";
import { noteSource } from "./sounds.ts";
import { isPaused } from "./wanted.ts";
import { wantedBy } from "./wanted_by.ts";

export type NewProducer = Omit<Producer, "pausedBy">;

/** How and where the handler has opened a producer, with the rights of then, and what its client had said of its sources. */
export interface Opened {
  readonly routerId: string;
  readonly paused: boolean;
  readonly rights: HeldRights;
  readonly said: Subscriber["said"];
}

/** Adds a producer that the handler has opened. Answers false for one that was forbidden meanwhile: it is closed. */
export function addProducer(state: MediaState, born: NewProducer, opened: Opened): boolean {
  const { scene, actual, concerned } = state;
  const { producerId, participantId, source } = born;
  const rights = rightsOf(state, participantId);
  rights.startMuted.delete(source);
  const isSilenced = rights.silences.get(source) !== opened.rights.silences.get(source);
  const isPausedSince = isSaidPaused(scene.subscribers.get(participantId), born, opened);
  const pausedBy = reasonsAtBirth(rights, source, opened.paused || isSilenced || isPausedSince);
  if (state.away.has(participantId)) pausedBy.add("away");
  const producer = { ...born, pausedBy };
  scene.producers = new Map(scene.producers).set(producerId, producer);
  addDemand(state.demands, producer);
  mediaOn(actual, participantId, opened.routerId)?.producers.set(producerId, opened.paused);
  if (!isPaused(producer)) rights.silenced.delete(source);
  if (isPaused(producer) !== opened.paused) concerned.producers.add(producerId);
  noteSource(state, producer);
  const isAllowed = !isRefused(rights, source);
  // Where the handler was slow, one on newer transports may be there already: nobody has received this one.
  const isLate = newestOf(producersOf(scene, participantId)).every((one) => one.producerId !== producerId);
  if (!isAllowed || isLate) removeProducers(state, [producerId]);
  // One that is paused has no packets that could be waited for.
  if (state.flowing.delete(producerId) || opened.paused && actual.remnants.has(participantId)) {
    endReplaced(state, producerId);
  }
  return isAllowed;
}

/** Whether a client that came back while a producer was being opened says that it is paused. */
function isSaidPaused(
  client: Subscriber | undefined,
  { source, epoch }: NewProducer,
  { paused: wasPaused, said }: Opened,
): boolean {
  if (client === undefined || client.said === null || client.said === said) return false;
  return saidPaused(client.said, source, { wasPaused, keeps: client.epoch === epoch });
}

/** Removes producers that were closed, or ended. Answers those that the scene had. */
export function removeProducers(state: MediaState, producerIds: readonly string[]): string[] {
  const { scene, actual, concerned, demands } = state;
  const gone = producerIds.flatMap((producerId) => scene.producers.get(producerId) ?? []);
  if (gone.length === 0) return [];
  const left = new Map(scene.producers);
  for (const { producerId } of gone) {
    left.delete(producerId);
    state.replacing.delete(producerId);
  }
  scene.producers = left;
  for (const producer of gone) {
    const { producerId, participantId } = producer;
    noteSource(state, producer);
    dropDemand(demands, producerId);
    concerned.producers.add(producerId);
    if (actual.remnants.has(participantId)) concerned.participants.add(participantId);
    for (const [receiverId, { consumers }] of actual.participants) {
      if (consumers.has(producerId)) concernStreams(concerned, receiverId, [producerId]);
    }
  }
  concerned.arePipes = true;
  return gone.map(({ producerId }) => producerId);
}

/**
 * Has a producer that has packets, or needs none, take the place of its participant's older ones of the same source: these
 * are removed once it is received wherever they are. Answers its owner, if any were removed.
 */
export function endReplaced(state: MediaState, producerId: string): string | undefined {
  const newest = state.scene.producers.get(producerId);
  if (newest === undefined) {
    state.flowing.add(producerId);
    return undefined;
  }
  const older = producersOf(state.scene, newest.participantId)
    .filter(({ source, epoch }) => source === newest.source && epoch < newest.epoch)
    .map((one) => one.producerId);
  if (!isReceivedInstead(state, producerId, older)) {
    state.replacing.add(producerId);
    return undefined;
  }
  state.replacing.delete(producerId);
  const gone = removeProducers(state, older);
  return gone.length > 0 ? newest.participantId : undefined;
}

/** Removes what is replaced by now. */
export function endAllReplaced(state: MediaState): void {
  for (const producerId of state.replacing) endReplaced(state, producerId);
}

/** Whether everybody who is sent one of the older producers, and is to receive the newest, is sent that as well. */
function isReceivedInstead(
  { scene, actual }: MediaState,
  newestId: string,
  older: readonly string[],
): boolean {
  return actual.participants.entries().every(([participantId, { consumers }]) => {
    if (consumers.get(newestId)?.paused === false) return true;
    const places = [{ consumers }, ...actual.remnants.get(participantId) ?? []];
    const isSent = places.some((place) => older.some((id) => place.consumers.get(id)?.paused === false));
    const subscriber = isSent ? scene.subscribers.get(participantId) : undefined;
    if (subscriber === undefined) return true;
    // Until the newest is in their slots, an older one is.
    const wanted = wantedBy(subscriber, scene);
    return [newestId, ...older].every((id) => !wanted.has(id));
  });
}

/** Pauses a producer for a reason, or ends that. Answers false where it is so already. */
export function setPaused(
  state: MediaState,
  producer: Producer,
  reason: PauseReason,
  holds: boolean,
): boolean {
  if (holds === producer.pausedBy.has(reason)) return false;
  const reasons = new Set(producer.pausedBy);
  if (holds) reasons.add(reason);
  else reasons.delete(reason);
  setReasons(state, producer, reasons);
  return true;
}

/**
 * Pauses a producer for its owner, or switches it on. Either says that the owner's client knows what had silenced it before.
 * Answers false where it is so already.
 */
export function setOwnPause(state: MediaState, producer: Producer, paused: boolean): boolean {
  noteHeard(rightsOf(state, producer.participantId), producer.source);
  return setPaused(state, producer, "self", paused);
}

/** Has each of a participant's producers be paused by themselves or not, as rights allow. Answers whether any changed. */
export function setOwnPauses(
  state: MediaState,
  participantId: string,
  isPausedBySelf: (producer: Producer) => boolean,
): boolean {
  const rights = rightsOf(state, participantId);
  const changed = producersOf(state.scene, participantId).filter((producer) => {
    const before = producer.pausedBy.has("self");
    const now = isPausedBySelf(producer) || isDenied(rights, producer.source);
    if (now !== before) setPaused(state, producer, "self", now);
    return now !== before;
  });
  return changed.length > 0;
}

export function rightsOf({ rights }: MediaState, participantId: string): HeldRights {
  return rights.get(participantId) ?? everythingAllowed();
}

/** Has a participant's rights hold for their producers of now and later. Answers whether these changed. */
export function setRights(state: MediaState, change: RightsChange): boolean {
  const { participantId } = change;
  const rights = holdRights(rightsOf(state, participantId), change);
  state.rights.set(participantId, rights);
  const producers = producersOf(state.scene, participantId);
  const refused = producers.filter(({ source }) => isRefused(rights, source));
  removeProducers(state, refused.map(({ producerId }) => producerId));
  const others = producers.filter((producer) => !refused.includes(producer));
  const changed = others.filter((producer) => {
    const reasons = reasonsAfter(producer, rights, change.silenced);
    if (reasons.symmetricDifference(producer.pausedBy).size === 0) return false;
    setReasons(state, producer, reasons);
    return true;
  });
  return refused.length + changed.length > 0;
}

function setReasons(state: MediaState, producer: Producer, reasons: Set<PauseReason>): void {
  const { producerId } = producer;
  producer.pausedBy = reasons;
  noteSource(state, producer);
  state.concerned.producers.add(producerId);
  concernTold(state, producerId);
}
