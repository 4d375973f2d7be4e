import type { MediaStep } from "../../shared/protocol/media/steps.ts";

/** The participants and producers for which wanted and actual may differ; and whether pipes may. */
export interface Concern {
  /** Their transports, and what they receive. */
  readonly participants: Set<string>;
  readonly producers: Set<string>;
  arePipes: boolean;
}

export function newConcern(): Concern {
  return { participants: new Set(), producers: new Set(), arePipes: false };
}

export function isConcerned({ participants, producers, arePipes }: Concern): boolean {
  return participants.size + producers.size > 0 || arePipes;
}

export function clearConcern(concern: Concern): void {
  concern.participants.clear();
  concern.producers.clear();
  concern.arePipes = false;
}

/** Adds what a step is about: if it isn't taken now, the difference for these is to be computed once more. */
export function concernStep(concern: Concern, step: MediaStep): void {
  if ("peer_router_id" in step) concern.arePipes = true;
  else if ("participant_id" in step) concern.participants.add(step.participant_id);
  else if ("producer_id" in step) concern.producers.add(step.producer_id);
}

export function addConcern(to: Concern, from: Concern): void {
  for (const participantId of from.participants) to.participants.add(participantId);
  for (const producerId of from.producers) to.producers.add(producerId);
  to.arePipes ||= from.arePipes;
}
