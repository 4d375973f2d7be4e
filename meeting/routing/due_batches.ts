import type { MediaStep } from "../../shared/protocol/media/steps.ts";
import { addConcern, clearConcern, concernStep, newConcern } from "./concern.ts";
import type { Difference } from "./difference.ts";
import { firstBatch } from "./first_batch.ts";
import { concernUnplaced, type MediaState } from "./media_state.ts";

/** The steps for one handler. */
export interface Batch {
  readonly handlerId: string;
  readonly steps: readonly MediaStep[];
  /** The participants who are told their changes once the handler has answered. */
  readonly participants: ReadonlySet<string>;
}

/** What is to be done now. */
export interface Due {
  readonly batches: readonly Batch[];
  /** Concerned participants for whom no step goes out. */
  readonly others: ReadonlySet<string>;
  /** Handlers on which the meeting is to be opened. */
  readonly handlers: ReadonlySet<string>;
  /** There is no place for somebody on any handler. */
  readonly isNowhere: boolean;
}

/**
 * Makes one batch for each handler of a difference, and takes its concerns off the state. What is for a handler that takes
 * no batch now, or doesn't fit into one message of the link, stays concerned until `releaseWithheld`.
 */
export function dueBatches(
  state: MediaState,
  { steps, handlers, unplaced, isNowhere }: Difference,
  isFree: (handlerId: string) => boolean,
): Due {
  const { concerned, actual } = state;
  const others = new Set([...concerned.participants, ...concerned.streams.keys()]);
  clearConcern(concerned);
  for (const participantId of unplaced) state.unplaced.add(participantId);
  const batches: (Batch & { readonly participants: Set<string> })[] = [];
  for (const [handlerId, all] of steps) {
    const taken = isFree(handlerId) ? firstBatch(all) : [];
    if (taken.length < all.length) withhold(state, handlerId, all, new Set(taken));
    if (taken.length > 0) batches.push({ handlerId, steps: taken, participants: participantsOf(taken) });
  }
  for (const participantId of others) {
    const routerId = actual.participants.get(participantId)?.routerId;
    const handlerId = routerId === undefined ? undefined : actual.routers.get(routerId);
    const own = batches.find((batch) => batch.handlerId === handlerId);
    // Whoever is on a handler that has something to do is told when that is done.
    if (own === undefined && !batches.some(({ participants }) => participants.has(participantId))) continue;
    others.delete(participantId);
    own?.participants.add(participantId);
  }
  return { batches, others, handlers, isNowhere };
}

function participantsOf(steps: readonly MediaStep[]): Set<string> {
  const participants = new Set<string>();
  for (const step of steps) {
    if (!("peer_router_id" in step) && "participant_id" in step) participants.add(step.participant_id);
  }
  return participants;
}

/** Has what waited for a handler be concerned again, and whoever waits for a router. */
export function releaseWithheld(state: MediaState, handlerId: string): void {
  const { concerned, withheld, unplaced } = state;
  const waited = withheld.get(handlerId);
  withheld.delete(handlerId);
  if (waited !== undefined) addConcern(concerned, waited);
  concernUnplaced(state);
  unplaced.clear();
}

function withhold(
  { withheld }: MediaState,
  handlerId: string,
  steps: readonly MediaStep[],
  taken: ReadonlySet<MediaStep>,
): void {
  const concern = withheld.get(handlerId) ?? newConcern();
  withheld.set(handlerId, concern);
  for (const step of steps) if (!taken.has(step)) concernStep(concern, step);
}
