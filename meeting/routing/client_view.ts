import type {
  Assignment,
  Consumer,
  ConsumerChange,
  MediaKind,
  RtpParameters,
} from "../../shared/protocol/mod.ts";
import type { FilledSlot } from "../layout/tile.ts";
import type { ActualParticipant } from "./actual.ts";
import type { Consumers } from "./consumers.ts";
import type { Scene, Subscriber } from "./scene.ts";
import { isPaused } from "./wanted.ts";

/** A handler's description of a consumer, from its answer to `consumer.open`. */
export interface ConsumerDescription {
  readonly kind: MediaKind;
  readonly rtp_parameters: RtpParameters;
}

interface ToldConsumer {
  readonly consumerId: string;
  /** The sender. */
  readonly participantId: string;
  readonly paused: boolean;
  /** Bandwidth suffices for a layer of it, or nothing is known of that. */
  readonly hasLayer: boolean;
}

/** The consumers and slots that a client was told of. */
export interface ClientView {
  /** By the producer's id. */
  readonly consumers: Map<string, ToldConsumer>;
  /** The consumers of which the client was told; null before it was told of any. */
  of: Consumers | null;
  /** The producers of which the client may have to be told, beside those whose consumers have changed. */
  readonly due: Set<string>;
  /** The slots of which the client was told, and their assignments. */
  slots: readonly FilledSlot[];
  assignments: readonly Assignment[];
}

/** The changes that a client has to be told; empty lists and null where nothing changed. */
export interface ViewChange {
  readonly added: Consumer[];
  readonly removed: string[];
  readonly changed: ConsumerChange[];
  readonly assignments: Assignment[] | null;
}

export function newView(): ClientView {
  return { consumers: new Map(), of: null, due: new Set(), slots: [], assignments: [] };
}

export interface ViewInput {
  readonly subscriber: Subscriber;
  readonly scene: Scene;
  /** The subscriber's part of actual; undefined while it has none, or it is unknown. */
  readonly there: ActualParticipant | undefined;
  /** By consumer id. */
  readonly descriptions: ReadonlyMap<string, ConsumerDescription>;
  /** The spatial layers that the handler has reported last, by consumer id; null for none. */
  readonly sentLayers: ReadonlyMap<string, number | null>;
}

/** Brings a client's view up to date with actual. Answers the changes that the client has to be told. */
export function updateView(view: ClientView, input: ViewInput): ViewChange {
  const { there, scene, descriptions, sentLayers } = input;
  const due = takeDue(view, there);
  const assignments = newAssignments(view, input, due);
  const change: ViewChange = { added: [], removed: [], changed: [], assignments };
  for (const producerId of due) {
    const consumer = there?.consumers.get(producerId);
    const before = view.consumers.get(producerId);
    if (before !== undefined && before.consumerId !== consumer?.consumerId) {
      view.consumers.delete(producerId);
      change.removed.push(before.consumerId);
    }
    if (consumer === undefined) continue;
    const { consumerId, paused: isHidden } = consumer;
    const producer = scene.producers.get(producerId);
    const description = descriptions.get(consumerId);
    if (producer === undefined || description === undefined) continue;
    const paused = isPaused(producer);
    const told = view.consumers.get(producerId);
    const spatial = sentLayers.get(consumerId);
    const hadLayer = told?.hasLayer ?? true;
    // Nothing is sent of what is paused, and that says nothing of the bandwidth.
    const hasLayer = paused || isHidden || spatial === undefined ? hadLayer : spatial !== null;
    if (told?.paused === paused && hadLayer === hasLayer) continue;
    const newest = { consumerId, participantId: producer.participantId, paused };
    if (told === undefined) {
      const { participantId: participant_id, source } = producer;
      change.added.push({
        consumer_id: consumerId,
        producer_id: producerId,
        participant_id,
        source,
        paused,
        ...description,
      });
      view.consumers.set(producerId, { ...newest, hasLayer: true });
      // A client that keeps its media learns in the answer which consumers it has, and then which of them have no layer.
      if (!hasLayer) view.due.add(producerId);
      continue;
    }
    view.consumers.set(producerId, { ...newest, hasLayer });
    change.changed.push({
      consumer_id: consumerId,
      ...told.paused === paused ? {} : { paused },
      ...hadLayer === hasLayer ? {} : { layers: typeof spatial === "number" ? { spatial } : null },
    });
  }
  return change;
}

/**
 * The producers whose consumers may differ from what the client was told: all of them where `consumers` was replaced as a
 * whole.
 */
function takeDue(view: ClientView, there: ActualParticipant | undefined): ReadonlySet<string> {
  const consumers = there?.consumers ?? null;
  const due = consumers?.takeChanged() ?? new Set();
  for (const producerId of view.due) due.add(producerId);
  view.due.clear();
  if (view.of === consumers) return due;
  view.of = consumers;
  return new Set([...view.consumers.keys(), ...consumers?.keys() ?? []]);
}

/** The slots of a subscriber, each with the consumer that fills it. From then on the client knows them. */
export function tellAssignments(
  view: ClientView,
  { slots }: Subscriber,
  there: ActualParticipant | undefined,
): Assignment[] {
  const assignments = slots.map((slot) => assignmentOf(slot, there));
  view.slots = slots;
  view.assignments = assignments;
  return assignments;
}

function assignmentOf(
  { slot, participantId, source, producerId }: FilledSlot,
  there: ActualParticipant | undefined,
): Assignment {
  const consumer_id = producerId === null ? null : there?.consumers.get(producerId)?.consumerId ?? null;
  return { slot, participant_id: participantId, source, consumer_id };
}

/** All assignments if one has changed, else null. Only changed slots, and slots whose consumer is due, are compared. */
function newAssignments(
  view: ClientView,
  { subscriber: { slots }, there }: ViewInput,
  due: ReadonlySet<string>,
): Assignment[] | null {
  const before = view.assignments;
  let isSame = slots.length === before.length;
  const now = slots.map((slot, index) => {
    const was = before[index];
    const isDue = slot !== view.slots[index] || slot.producerId !== null && due.has(slot.producerId);
    if (was !== undefined && !isDue) return was;
    const is = assignmentOf(slot, there);
    if (was !== undefined && isEqual(was, is)) return was;
    isSame = false;
    return is;
  });
  view.slots = slots;
  if (isSame) return null;
  view.assignments = now;
  return now;
}

function isEqual(one: Assignment, other: Assignment): boolean {
  return one.slot === other.slot && one.participant_id === other.participant_id &&
    one.source === other.source && one.consumer_id === other.consumer_id;
}
