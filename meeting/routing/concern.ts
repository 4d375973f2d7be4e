import type { MediaStep } from "../../shared/protocol/media/steps.ts";

/** The participants, streams and producers for which wanted and actual may differ; and whether pipes may. */
export interface Concern {
  /** Their transports, and all that they receive. */
  readonly participants: Set<string>;
  /** Single streams: by receiving participant, the producers. */
  readonly streams: Map<string, Set<string>>;
  readonly producers: Set<string>;
  arePipes: boolean;
}

/** Somebody who may have to receive something else. Without `producerIds` it may be anything. */
export interface ConcernedReceiver {
  readonly participantId: string;
  readonly producerIds?: ReadonlySet<string>;
}

export function newConcern(): Concern {
  return { participants: new Set(), streams: new Map(), producers: new Set(), arePipes: false };
}

export function isConcerned({ participants, streams, producers, arePipes }: Concern): boolean {
  return participants.size + streams.size + producers.size > 0 || arePipes;
}

export function clearConcern(concern: Concern): void {
  concern.participants.clear();
  concern.streams.clear();
  concern.producers.clear();
  concern.arePipes = false;
}

/**
 * Marks what one participant receives of these producers as concerned. Where there are none, only the participant's
 * client is looked at: it may have to be told something.
 */
export function concernStreams(
  { streams }: Concern,
  participantId: string,
  producerIds: Iterable<string>,
): void {
  const theirs = streams.get(participantId) ?? new Set();
  streams.set(participantId, theirs);
  for (const producerId of producerIds) theirs.add(producerId);
}

/** All receivers of a concern, each once. */
export function concernedReceivers(
  { participants, streams }: Pick<Concern, "participants" | "streams">,
): ConcernedReceiver[] {
  const receivers: ConcernedReceiver[] = [...participants].map((participantId) => ({ participantId }));
  for (const [participantId, producerIds] of streams) {
    if (!participants.has(participantId)) receivers.push({ participantId, producerIds });
  }
  return receivers;
}

/** Adds what a step is about: if it isn't taken now, the difference for these is to be computed once more. */
export function concernStep(concern: Concern, step: MediaStep): void {
  if ("peer_router_id" in step) concern.arePipes = true;
  else if (step.step === "consumer.open" || step.step === "consumer.set" || step.step === "consumer.close") {
    concernStreams(concern, step.participant_id, [step.producer_id]);
  } else if ("participant_id" in step) concern.participants.add(step.participant_id);
  else if ("producer_id" in step) concern.producers.add(step.producer_id);
}

export function addConcern(to: Concern, from: Concern): void {
  for (const participantId of from.participants) to.participants.add(participantId);
  for (const [participantId, producerIds] of from.streams) concernStreams(to, participantId, producerIds);
  for (const producerId of from.producers) to.producers.add(producerId);
  to.arePipes ||= from.arePipes;
}
