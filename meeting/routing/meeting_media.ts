import type { MediaInventory } from "../../shared/protocol/media/inventory.ts";
import type { MediaStep, StepOutcome } from "../../shared/protocol/media/steps.ts";
import type {
  Assignment,
  Consumer,
  ParticipantSource,
  RtpCapabilities,
  Transports,
} from "../../shared/protocol/mod.ts";
import type { Placement } from "../layout/grid.ts";
import { type Actual, dropProducer, dropRouter, fromInventory, noteOutcome } from "./actual.ts";
import {
  assignmentsOf,
  type ClientView,
  type ConsumerDescription,
  newView,
  updateView,
  type ViewChange,
} from "./client_view.ts";
import { difference } from "./difference.ts";
import {
  newScene,
  type PauseReason,
  type Producer,
  producersOf,
  type Scene,
  type Subscriber,
} from "./scene.ts";
import { isPaused } from "./wanted.ts";

/** A participant's fresh transports, with the consumers on them and the slots that they fill. */
export interface Attachment {
  readonly transports: Transports;
  readonly consumers: Consumer[];
  readonly assignments: Assignment[];
}

/** The result of a batch for the participants that it concerned. */
export interface Applied {
  readonly attached: ReadonlyMap<string, Attachment>;
  /** The refusals of transports, by participant. */
  readonly unattached: ReadonlyMap<string, { readonly code: string; readonly message: string }>;
  /** Consumers that the handler refused to open, for example because the client lacks the codec. */
  readonly refused: readonly { readonly participantId: string; readonly message: string }[];
  /** Routers that the handler doesn't have. */
  readonly lostRouters: ReadonlySet<string>;
  /** The handler lacks an object of actual, so an inventory is due. */
  readonly isOutdated: boolean;
}

interface Attending {
  readonly subscriber: Subscriber;
  readonly view: ClientView;
  /** The handler has opened the transports of the subscriber's epoch. */
  isAttached: boolean;
}

/**
 * One meeting's media as its controller knows it: the scene, actual, and each client's view. Changes mark participants
 * and producers as concerned; `steps` computes the difference for these, and `noteOutcomes` takes in the answers.
 */
export class MeetingMedia {
  readonly #scene: Scene = newScene();
  #actual: Actual = { routers: new Set(), participants: new Map() };
  readonly #attending = new Map<string, Attending>();
  /** All participants in the meeting, with or without media. */
  readonly #present = new Set<string>();
  readonly #epochs = new Map<string, number>();
  readonly #descriptions = new Map<string, ConsumerDescription>();
  /** A handler's inventory was taken in before. */
  #isOpened = false;
  readonly #concerned = { participants: new Set<string>(), producers: new Set<string>() };

  get producers(): ReadonlyMap<string, Producer> {
    return this.#scene.producers;
  }

  get attending(): Iterable<string> {
    return this.#attending.keys();
  }

  /** Notes a participant of the meeting. Their media on the handler, from before a failover, stays until they attach. */
  enter(participantId: string): void {
    this.#present.add(participantId);
  }

  /** Adds a subscriber with fresh transports, which replace the ones that the participant has. */
  attach(participantId: string, rtpCapabilities: RtpCapabilities, placements: readonly Placement[]): void {
    const subscriber: Subscriber = {
      participantId,
      rtpCapabilities,
      epoch: this.#nextEpoch(participantId),
      placements,
      ready: new Set(),
      refused: new Set(),
    };
    this.#present.add(participantId);
    this.#scene.subscribers.set(participantId, subscriber);
    this.#attending.set(participantId, { subscriber, view: newView(), isAttached: false });
    this.#concerned.participants.add(participantId);
  }

  /** Removes a participant who left. Answers their producers, which are removed as well. */
  detach(participantId: string): string[] {
    this.#present.delete(participantId);
    this.#scene.subscribers.delete(participantId);
    this.#attending.delete(participantId);
    this.#epochs.delete(participantId);
    this.#concerned.participants.add(participantId);
    return this.removeProducers(producersOf(this.#scene, participantId).map(({ producerId }) => producerId));
  }

  subscriber(participantId: string): Subscriber | undefined {
    return this.#scene.subscribers.get(participantId);
  }

  /** The router of a participant's transports. */
  routerOf(participantId: string): string | undefined {
    return this.#actual.participants.get(participantId)?.routerId;
  }

  place(participantId: string, placements: readonly Placement[]): void {
    const subscriber = this.#scene.subscribers.get(participantId);
    if (subscriber === undefined) return;
    subscriber.placements = placements;
    this.#concerned.participants.add(participantId);
  }

  addProducer(producer: Producer): void {
    this.#scene.producers.set(producer.producerId, producer);
    this.#actual.participants.get(producer.participantId)?.producers.set(
      producer.producerId,
      isPaused(producer),
    );
    if (producer.kind === "audio") this.#concernAll();
  }

  /** Removes producers that were closed, or ended. Answers those that the scene had. */
  removeProducers(producerIds: readonly string[]): string[] {
    const gone = producerIds.filter((producerId) => this.#scene.producers.delete(producerId));
    for (const producerId of gone) {
      this.#concerned.producers.add(producerId);
      for (const [participantId, { consumers }] of this.#actual.participants) {
        if (consumers.has(producerId)) this.#concerned.participants.add(participantId);
      }
    }
    return gone;
  }

  /** The producers on a participant's older transports: they end with the first connect on the newest ones. */
  outdatedProducers(participantId: string): string[] {
    const epoch = this.#scene.subscribers.get(participantId)?.epoch ?? 0;
    return producersOf(this.#scene, participantId)
      .filter((producer) => producer.epoch < epoch)
      .map(({ producerId }) => producerId);
  }

  producersOf(participantId: string): Producer[] {
    return producersOf(this.#scene, participantId);
  }

  setPaused(producer: Producer, reason: PauseReason, holds: boolean): void {
    if (holds) producer.pausedBy.add(reason);
    else producer.pausedBy.delete(reason);
    const { producerId } = producer;
    this.#concerned.producers.add(producerId);
    for (const [participantId, { view }] of this.#attending) {
      if (view.consumers.has(producerId)) this.#concerned.participants.add(participantId);
    }
  }

  /** Notes that the client has set up these consumers, so that they are resumed. */
  setReady(participantId: string, consumerIds: readonly string[]): void {
    const subscriber = this.#scene.subscribers.get(participantId);
    const consumers = this.#actual.participants.get(participantId)?.consumers ?? [];
    const ready = new Set(consumerIds);
    for (const [producerId, { consumerId }] of consumers) {
      if (ready.has(consumerId)) subscriber?.ready.add(producerId);
    }
    this.#concerned.participants.add(participantId);
  }

  /** A participant's producers as the roster shows them. */
  sourcesOf(participantId: string): ParticipantSource[] {
    return producersOf(this.#scene, participantId).map(({ source, producerId, pausedBy }) => ({
      source,
      producer_id: producerId,
      paused: pausedBy.has("self"),
      muted_by_host: pausedBy.has("host"),
    }));
  }

  assignmentsOf(participantId: string): Assignment[] {
    const subscriber = this.#scene.subscribers.get(participantId);
    return subscriber === undefined
      ? []
      : assignmentsOf(subscriber, this.#actual.participants.get(participantId));
  }

  /**
   * The difference for the concerned participants and producers, which are concerned no more. Undefined while there is
   * no router.
   */
  steps(): { readonly steps: MediaStep[]; readonly participants: ReadonlySet<string> } | undefined {
    if (this.#actual.routers.size === 0) return undefined;
    const participants = new Set(this.#concerned.participants);
    const steps = this.#difference();
    this.#concerned.participants.clear();
    this.#concerned.producers.clear();
    return { steps, participants };
  }

  /** How many steps are due; the concerned stay concerned. */
  peek(): number {
    return this.#difference().length;
  }

  /** Whether a participant has media, or the handler has any of the meeting. */
  get hasMedia(): boolean {
    return this.#attending.size > 0 || this.#actual.participants.size > 0;
  }

  get hasConcerned(): boolean {
    return this.#concerned.participants.size > 0 || this.#concerned.producers.size > 0;
  }

  noteOutcomes(steps: readonly MediaStep[], outcomes: readonly StepOutcome[]): Applied {
    const attached = new Map<string, Transports>();
    const unattached = new Map<string, { code: string; message: string }>();
    const refused: { participantId: string; message: string }[] = [];
    const lostRouters = new Set<string>();
    let isOutdated = outcomes.length !== steps.length;
    for (const [index, step] of steps.entries()) {
      const outcome = outcomes[index];
      if (outcome === undefined) continue;
      noteOutcome(this.#actual, step, outcome);
      this.#concernIfOutdated(step);
      if (outcome.ok) this.#noteDone(step, outcome, attached);
      else if (step.step === "transports.open" && outcome.code === "not_found") {
        lostRouters.add(step.router_id);
        this.#concerned.participants.add(step.participant_id);
      } else if (step.step === "transports.open") unattached.set(step.participant_id, outcome);
      else if (step.step === "consumer.open" && outcome.code === "rejected") {
        this.#scene.subscribers.get(step.participant_id)?.refused.add(step.producer_id);
        refused.push({ participantId: step.participant_id, message: outcome.message });
      } else if (this.#isSurprising(step, unattached)) isOutdated = true;
    }
    const attachments = [...attached].map(([participantId, transports]): [string, Attachment] => {
      const { added, assignments } = this.viewChange(participantId);
      return [participantId, { transports, consumers: added, assignments: assignments ?? [] }];
    });
    return { attached: new Map(attachments), unattached, refused, lostRouters, isOutdated };
  }

  /** The changes of a client's media since it was told last. */
  viewChange(participantId: string): ViewChange {
    const attending = this.#attending.get(participantId);
    if (attending === undefined) return { added: [], removed: [], changed: [], assignments: null };
    return updateView(attending.view, {
      subscriber: attending.subscriber,
      scene: this.#scene,
      there: this.#actual.participants.get(participantId),
      descriptions: this.#descriptions,
    });
  }

  /** Whether a client has transports, and so can be told of changes. */
  isAttached(participantId: string): boolean {
    return this.#attending.get(participantId)?.isAttached ?? false;
  }

  /**
   * Replaces actual by a handler's inventory. Answers the participants whose media is gone. An inventory doesn't
   * describe consumers; one whose description is unknown is left out, so that `consumer.open` is sent again: the
   * handler answers it with the description of the consumer that it has.
   */
  adopt(inventory: MediaInventory): string[] {
    this.#actual = fromInventory(inventory);
    for (const [participantId, there] of this.#actual.participants) {
      this.#epochs.set(participantId, Math.max(there.epoch, this.#epochs.get(participantId) ?? 0));
      const attending = this.#attending.get(participantId);
      if (attending !== undefined && !attending.isAttached) {
        // Transports of another controller's run can't be given to the client: they are replaced at a higher epoch.
        if (!this.#isOpened) attending.subscriber.epoch = this.#nextEpoch(participantId);
        this.#actual.participants.delete(participantId);
      }
      for (const [producerId, { consumerId }] of there.consumers) {
        if (!this.#descriptions.has(consumerId)) there.consumers.delete(producerId);
      }
    }
    this.#isOpened = true;
    this.#pruneDescriptions();
    const lost: string[] = [];
    for (const [participantId, { subscriber, isAttached }] of this.#attending) {
      this.#concerned.participants.add(participantId);
      const there = this.#actual.participants.get(participantId);
      const hasAll = there?.epoch === subscriber.epoch &&
        producersOf(this.#scene, participantId)
          .every(({ producerId, epoch }) => epoch < subscriber.epoch || there.producers.has(producerId));
      if (isAttached && !hasAll) lost.push(participantId);
    }
    for (const { producers } of this.#actual.participants.values()) {
      for (const producerId of producers.keys()) this.#concerned.producers.add(producerId);
    }
    return lost;
  }

  /** Marks participants as concerned who have media on the handler and aren't in the meeting: it gets closed. */
  concernUnknownParticipants(): void {
    for (const participantId of this.#actual.participants.keys()) {
      if (!this.#present.has(participantId)) this.#concerned.participants.add(participantId);
    }
  }

  /** Empties actual after the handler's end. Answers the participants who had media on it. */
  loseHandler(): string[] {
    const lost = [...this.#attending].filter(([, { isAttached }]) => isAttached).map(([id]) => id);
    this.#actual = { routers: new Set(), participants: new Map() };
    this.#concernAll();
    return lost;
  }

  loseRouter(routerId: string): string[] {
    return dropRouter(this.#actual, routerId).filter((id) => this.#attending.has(id));
  }

  /** Takes these participants' media for lost: they get fresh transports, and produce again. */
  lose(participantIds: readonly string[]): void {
    for (const participantId of participantIds) {
      const attending = this.#attending.get(participantId);
      const gone = producersOf(this.#scene, participantId).map(({ producerId }) => producerId);
      this.removeProducers(gone);
      for (const producerId of gone) dropProducer(this.#actual, producerId);
      if (attending === undefined) continue;
      const { subscriber } = attending;
      this.attach(participantId, subscriber.rtpCapabilities, subscriber.placements);
    }
  }

  /** Drops the consumers of a leaver's producers from actual at once, before the handler answers. Answers the receivers. */
  forgetConsumersOf(producerIds: readonly string[]): string[] {
    const receivers = [...this.#actual.participants]
      .filter(([, { consumers }]) => producerIds.some((producerId) => consumers.has(producerId)))
      .map(([participantId]) => participantId);
    for (const producerId of producerIds) {
      for (const { consumers } of this.#actual.participants.values()) consumers.delete(producerId);
    }
    return receivers;
  }

  /** Marks a participant as concerned, so that a failed step is tried again. */
  concern(participantId: string): void {
    this.#concerned.participants.add(participantId);
  }

  #difference(): MediaStep[] {
    const [routerId = ""] = this.#actual.routers;
    const held = new Set([...this.#present].filter((id) => !this.#attending.has(id)));
    const concerned = this.#concerned;
    return difference({ scene: this.#scene, actual: this.#actual, concerned, routerId, held });
  }

  #noteDone(
    step: MediaStep,
    outcome: Extract<StepOutcome, { ok: true }>,
    attached: Map<string, Transports>,
  ): void {
    if (step.step === "transports.open" && outcome.step === "transports.open") {
      const attending = this.#attending.get(step.participant_id);
      if (attending?.subscriber.epoch !== step.epoch) return;
      attending.isAttached = true;
      attached.set(step.participant_id, { send: outcome.send, recv: outcome.recv });
    }
    if (step.step === "consumer.open" && outcome.step === "consumer.open") {
      const { consumer_id, kind, rtp_parameters } = outcome;
      if (!this.#descriptions.has(consumer_id)) {
        this.#scene.subscribers.get(step.participant_id)?.ready.delete(step.producer_id);
      }
      this.#descriptions.set(consumer_id, { kind, rtp_parameters });
    }
  }

  /** Marks a participant as concerned who left, or whose producer was closed, while the step was under way. */
  #concernIfOutdated(step: MediaStep): void {
    if (!("participant_id" in step)) return;
    const isGone = !this.#attending.has(step.participant_id) ||
      step.step === "consumer.open" && !this.#scene.producers.has(step.producer_id);
    if (isGone) this.#concerned.participants.add(step.participant_id);
  }

  /** Whether the handler should have had the object that a refused step names. */
  #isSurprising(step: MediaStep, unattached: ReadonlyMap<string, unknown>): boolean {
    if (step.step === "producer.close" || step.step === "consumer.close") return false;
    if (step.step === "participant.close") return false;
    if ("participant_id" in step && unattached.has(step.participant_id)) return false;
    if ("participant_id" in step && !this.isAttached(step.participant_id)) return false;
    return !("producer_id" in step) || this.#scene.producers.has(step.producer_id);
  }

  #nextEpoch(participantId: string): number {
    const epoch = (this.#epochs.get(participantId) ?? 0) + 1;
    this.#epochs.set(participantId, epoch);
    return epoch;
  }

  #pruneDescriptions(): void {
    const there = new Set<string>();
    for (const { consumers } of this.#actual.participants.values()) {
      for (const { consumerId } of consumers.values()) there.add(consumerId);
    }
    for (const consumerId of this.#descriptions.keys()) {
      if (!there.has(consumerId)) this.#descriptions.delete(consumerId);
    }
  }

  #concernAll(): void {
    for (const participantId of this.#attending.keys()) this.#concerned.participants.add(participantId);
  }
}
