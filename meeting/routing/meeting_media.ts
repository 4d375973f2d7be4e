import type { MediaStep } from "../../shared/protocol/media/steps.ts";
import type { Assignment, Consumer, Layout, Transports } from "../../shared/protocol/mod.ts";
import type { FilledSlot } from "../layout/tile.ts";
import { notePipeUnknown } from "./actual_pipes.ts";
import { tellAssignments, updateView, type ViewChange } from "./client_view.ts";
import { flowingTo, forgetConsumersOf, noteLayer, setReady } from "./consumption.ts";
import { concernStep, isConcerned } from "./concern.ts";
import { type Difference, difference } from "./difference.ts";
import { type Due, dueBatches } from "./due_batches.ts";
import { endFalling } from "./demand.ts";
import { areAllKnown } from "./handler_standing.ts";
import { endHidden, noteHidden } from "./hidden.ts";
import { MediaHandlers } from "./media_handlers.ts";
import { MediaProducers } from "./media_producers.ts";
import { loseMedia } from "./losses.ts";
import { loseRouter } from "./lose_router.ts";
import { type MediaInit, type MediaState, newMediaState, renewTransports } from "./media_state.ts";
import { noteReceivers } from "./receivers.ts";
import { type Answered, type Noted, noteOutcomes } from "./note_outcomes.ts";
import { placeFor, refugeFrom } from "./placement.ts";
import { endRemnants, nextRemnantEndMs } from "./remnants.ts";
import { settleSounds, takeLevels, takeSpeaker } from "./sounds.ts";
import {
  attachSubscriber,
  detachParticipant,
  keepSubscriber,
  type NewSubscriber,
  setSlots,
} from "./subscribers.ts";
import { type DemandNotice, noteWanted, takeDemands } from "./take_demands.ts";
import type { Subscriber } from "./scene.ts";

/** A participant's transports, with the consumers on them and the slots that they fill. */
export interface Attachment {
  /** Null where the client goes on with the transports that it has. */
  readonly transports: Transports | null;
  readonly consumers: Consumer[];
  readonly assignments: Assignment[];
}

/** The result of a batch for the participants that it concerned. */
export type Applied = Omit<Noted, "attached"> & { readonly attached: ReadonlyMap<string, Attachment> };

/**
 * One meeting's media as its controller knows it: the scene, actual, and each client's view. Changes mark participants,
 * single streams and producers as concerned; `due` computes the difference for these, and `noteOutcomes` takes in the
 * answers.
 */
export class MeetingMedia {
  readonly handlers: MediaHandlers;
  readonly producers: MediaProducers;
  readonly #state: MediaState;
  readonly #now: () => number;

  constructor(init: MediaInit, now: () => number) {
    this.#state = newMediaState(init);
    this.handlers = new MediaHandlers(this.#state, now);
    this.producers = new MediaProducers(this.#state);
    this.#now = now;
  }

  /** Notes a participant of the meeting. Their media on the handler, from before a failover, stays until they attach. */
  enter(participantId: string): void {
    this.#state.present.add(participantId);
  }

  get present(): ReadonlySet<string> {
    return this.#state.present;
  }

  /** Adds a subscriber with fresh transports, which replace the ones that the participant has. */
  attach(subscriber: NewSubscriber): void {
    attachSubscriber(this.#state, subscriber);
  }

  /** Adds a subscriber who goes on with the transports that they have. See `keepSubscriber`. */
  keep(subscriber: NewSubscriber): void {
    keepSubscriber(this.#state, subscriber);
  }

  /** Gives fresh transports to a client whose media can't be kept. */
  giveUpKeeping(participantId: string): void {
    const attending = this.#state.attending.get(participantId);
    if (attending?.subscriber.keeps) renewTransports(this.#state, attending);
  }

  /** Removes a participant who left. Answers their producers, which are removed as well. */
  detach(participantId: string): string[] {
    return detachParticipant(this.#state, participantId);
  }

  subscriber(participantId: string): Subscriber | undefined {
    return this.#state.scene.subscribers.get(participantId);
  }

  /** The router of a participant's transports. */
  routerOf(participantId: string): string | undefined {
    return this.#state.actual.participants.get(participantId)?.routerId;
  }

  setLayout(participantId: string, layout: Layout, slots: readonly FilledSlot[]): void {
    const subscriber = this.#state.scene.subscribers.get(participantId);
    if (subscriber === undefined) return;
    subscriber.layout = layout;
    subscriber.slots = slots;
    this.#state.concerned.participants.add(participantId);
  }

  setSlots(participantId: string, slots: readonly FilledSlot[]): void {
    setSlots(this.#state, participantId, slots);
  }

  /** Notes that the client has set up these consumers, so that they are resumed. */
  setReady(participantId: string, consumerIds: readonly string[]): void {
    setReady(this.#state, participantId, consumerIds);
  }

  /** See `flowingTo` of `consumption.ts`. */
  flowingTo(participantId: string): string[] {
    return flowingTo(this.#state, participantId);
  }

  /** The assignments that a client's request is answered with: from then on the client knows them. */
  answerAssignments(participantId: string): Assignment[] {
    const attending = this.#state.attending.get(participantId);
    if (attending === undefined) return [];
    const { subscriber, view } = attending;
    return tellAssignments(view, subscriber, this.#state.actual.participants.get(participantId));
  }

  /**
   * What is to be done for the concerned participants and producers, which are concerned no more: one batch for each
   * handler that is free, and the handlers on which the meeting is to be opened. `takeDemands` goes before it: it has noted
   * what the concerned want.
   */
  due(isFree: (handlerId: string) => boolean): Due {
    return dueBatches(this.#state, this.#difference(), isFree);
  }

  /** How many steps are due at a handler; the concerned stay concerned. */
  peek(handlerId: string): number {
    return this.#difference().steps.get(handlerId)?.length ?? 0;
  }

  /** Whether a participant still has media on a router that they are moved away from. */
  isMoving(participantId: string): boolean {
    return this.#state.actual.remnants.has(participantId);
  }

  /** Whether a participant has media, or the handler has any of the meeting. */
  get hasMedia(): boolean {
    return this.#state.attending.size > 0 || this.#state.actual.participants.size > 0;
  }

  get hasConcerned(): boolean {
    return isConcerned(this.#state.concerned) || this.#state.soundsDue.size > 0;
  }

  noteOutcomes(answered: Answered): Applied {
    const noted = noteOutcomes(this.#state, answered, this.#now());
    const attachments = [...noted.attached].map(([participantId, transports]): [string, Attachment] => {
      const { added, assignments } = this.viewChange(participantId);
      return [participantId, { transports, consumers: added, assignments: assignments ?? [] }];
    });
    return { ...noted, attached: new Map(attachments) };
  }

  /** The changes of a client's media since it was told last. */
  viewChange(participantId: string): ViewChange {
    const attending = this.#state.attending.get(participantId);
    if (attending === undefined) return { added: [], removed: [], changed: [], assignments: null };
    return updateView(attending.view, {
      subscriber: attending.subscriber,
      scene: this.#state.scene,
      there: this.#state.actual.participants.get(participantId),
      descriptions: this.#state.descriptions,
      sentLayers: this.#state.sentLayers,
    });
  }

  /** Whether a client has transports, and so can be told of changes. */
  isAttached(participantId: string): boolean {
    return this.#state.attending.get(participantId)?.isAttached ?? false;
  }

  loseRouter(routerId: string): string[] {
    return loseRouter(this.#state, routerId, this.#now());
  }

  /** Takes these participants' media for lost: they get fresh transports, and produce again. */
  lose(participantIds: readonly string[]): void {
    loseMedia(this.#state, participantIds);
  }

  /** See `forgetConsumersOf` of `consumption.ts`. */
  forgetConsumersOf(leaverId: string, producerIds: readonly string[]): string[] {
    return forgetConsumersOf(this.#state, leaverId, producerIds);
  }

  /** Takes in that the outcome of a step isn't known. What it is about is concerned, so that it is tried again. */
  noteUnknown(step: MediaStep): void {
    if ("peer_router_id" in step) notePipeUnknown(this.#state.actual.pipes, step);
    concernStep(this.#state.concerned, step);
  }

  /** Marks a participant as concerned, so that a failed step is tried again. */
  concern(participantId: string): void {
    this.#state.concerned.participants.add(participantId);
  }

  /** Notes the spatial layer that a participant is sent of a producer; null for none. */
  noteLayer(participantId: string, producerId: string, spatialLayer: number | null): void {
    noteLayer(this.#state, participantId, producerId, spatialLayer);
  }

  /** Takes in how loud a router's loudest microphones are. */
  takeLevels(routerId: string, levels: ReadonlyMap<string, number>): void {
    settleSounds(this.#state, this.#now());
    takeLevels(this.#state, routerId, levels, this.#now());
  }

  /** Takes in the active speaker of a router; null for silence. */
  takeSpeaker(routerId: string, participantId: string | null): void {
    settleSounds(this.#state, this.#now());
    takeSpeaker(this.#state, routerId, participantId, this.#now());
  }

  /** The active speaker; null for silence. */
  get speaker(): string | null {
    return this.#state.audible.speaker;
  }

  /** When the next hidden consumers, demand or replaced transports end; `Infinity` while nothing does. */
  get nextEndMs(): number {
    const { hidden, demands, actual } = this.#state;
    const nextMs = Math.min(hidden[0]?.untilMs ?? Infinity, demands.falling[0]?.untilMs ?? Infinity);
    return Math.min(nextMs, nextRemnantEndMs(actual.remnants));
  }

  /** Marks as concerned what has ended by now. */
  noteEnds(): void {
    for (const id of endRemnants(this.#state.actual.remnants, this.#now())) this.concern(id);
    endHidden(this.#state, this.#now());
    endFalling(this.#state.demands, this.#now());
  }

  /** The demands that their senders have to be told. */
  takeDemands(): DemandNotice[] {
    settleSounds(this.#state, this.#now());
    noteWanted(this.#state);
    return takeDemands(this.#state, this.#now());
  }

  #difference(): Difference {
    const state = this.#state;
    const nowMs = this.#now();
    noteHidden(state, nowMs);
    noteReceivers(state);
    const { scene, actual, concerned, receivers, present, attending } = state;
    return difference({
      scene,
      actual,
      concerned,
      receivers,
      placeOf: ({ region, keeps }, routerId) => {
        // A client that keeps its media is told all of it at once, also what comes from other handlers.
        const isUnknown = keeps && state.isAdopting;
        if (routerId === undefined || isUnknown) return placeFor(state, region);
        const refuge = refugeFrom(state, routerId, region);
        return refuge?.kind === "router" ? refuge : { kind: "router", routerId };
      },
      refugeOf: ({ region }, routerId) => refugeFrom(state, routerId, region),
      areRoutersKnown: areAllKnown(state.handlers),
      held: { has: (id) => present.has(id) && !attending.has(id) },
      nowMs,
    });
  }
}
