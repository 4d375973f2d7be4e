import type { MediaInventory } from "../../shared/protocol/media/inventory.ts";
import type { MediaStep, StepOf, StepOutcome } from "../../shared/protocol/media/steps.ts";
import { type ActualPipes, dropSent, notePipedPause, notePipeOutcome } from "./actual_pipes.ts";
import { Consumers } from "./consumers.ts";
import { addRemnant, allRemnants, type Remnants, takeRemnant } from "./remnants.ts";

/** A participant's newest transports, and what is on them. */
export interface ActualParticipant {
  readonly routerId: string;
  readonly epoch: number;
  /** The step that opens them is to be sent again: one has ended, or the handler has to describe them. */
  readonly isDue: boolean;
  /** Whether each of the participant's producers is paused, by its id. */
  readonly producers: Map<string, boolean>;
  /** By the producer's id. */
  readonly consumers: Consumers;
}

/** The objects of a meeting on its media handlers, as these handlers' answers, inventories and reports describe them. */
export interface Actual {
  /** The handler of each router. */
  readonly routers: Map<string, string>;
  readonly pipes: ActualPipes;
  readonly participants: Map<string, ActualParticipant>;
  readonly remnants: Remnants;
}

export function nothingThere(): Actual {
  return { routers: new Map(), pipes: new Map(), participants: new Map(), remnants: new Map() };
}

/** mediasoup's default. */
const defaultPriority = 1;

/** What one handler's inventory says of each participant whom it has. */
export function participantsOf({ routers }: MediaInventory): Map<string, ActualParticipant> {
  const participants = new Map<string, ActualParticipant>();
  for (const router of routers) {
    for (const { participant_id, epoch, state, producers, consumers } of router.participants) {
      participants.set(participant_id, {
        routerId: router.router_id,
        epoch,
        isDue: state === "ended",
        producers: new Map(producers.map(({ producer_id, paused }) => [producer_id, paused])),
        consumers: new Consumers(
          consumers.map(({ producer_id, consumer_id, paused, priority, spatial_layer }) => [
            producer_id,
            { consumerId: consumer_id, paused, priority, spatialLayer: spatial_layer },
          ]),
        ),
      });
    }
  }
  return participants;
}

/** Applies the outcome of one step that a handler took. */
export function noteOutcome(
  actual: Actual,
  step: MediaStep,
  outcome: StepOutcome,
  { handlerId, nowMs }: { readonly handlerId: string; readonly nowMs: number },
): void {
  if ("peer_router_id" in step) return notePipeOutcome(actual.pipes, step, outcome);
  if (!outcome.ok) return noteRefusal(actual, step, outcome.code);
  switch (step.step) {
    case "router.open":
      if (outcome.step === step.step) actual.routers.set(outcome.router_id, handlerId);
      return;
    case "transports.open": {
      if (outcome.step !== step.step) return;
      const { router_id: routerId, participant_id, epoch } = step;
      const there = actual.participants.get(participant_id);
      if (there !== undefined && there.routerId !== routerId) {
        addRemnant(actual.remnants, participant_id, there, nowMs);
      }
      const { producers, consumers } = outcome.state === "new" || there?.routerId !== routerId
        ? { producers: new Map(), consumers: new Consumers() }
        : there;
      const opened = { routerId, epoch, isDue: false, producers, consumers };
      return void actual.participants.set(participant_id, opened);
    }
    case "producer.open":
      if (outcome.step !== step.step) return;
      return void actual.participants.get(step.participant_id)?.producers.set(
        outcome.producer_id,
        step.paused,
      );
    case "producer.pause":
      for (const { routerId, producers } of sendersOf(actual)) {
        const isHere = routerId === step.router_id && producers.has(step.producer_id);
        if (isHere) producers.set(step.producer_id, step.paused);
      }
      return notePipedPause(actual.pipes, step);
    case "producer.close":
      return dropProducer(actual, step.producer_id);
    case "consumer.open":
      if (outcome.step !== step.step) return;
      return void actual.participants.get(step.participant_id)?.consumers.set(step.producer_id, {
        consumerId: outcome.consumer_id,
        paused: step.paused ?? true,
        priority: step.priority ?? defaultPriority,
        spatialLayer: step.spatial_layer ?? null,
      });
    case "consumer.set": {
      const consumers = actual.participants.get(step.participant_id)?.consumers;
      const consumer = consumers?.get(step.producer_id);
      if (consumer === undefined) return;
      const { paused = consumer.paused, priority = consumer.priority } = step;
      const { spatial_layer: spatialLayer = consumer.spatialLayer } = step;
      return void consumers?.set(step.producer_id, { ...consumer, paused, priority, spatialLayer });
    }
    case "consumer.close":
      return void actual.participants.get(step.participant_id)?.consumers.delete(step.producer_id);
    case "participant.close":
      return closeParticipant(actual, step);
    case "transport.connect":
    case "transport.restart_ice":
      return;
  }
}

/** A step that is refused as `not_found` shows that its object is gone from the handler. */
function noteRefusal(actual: Actual, step: MediaStep, code: string): void {
  if (code !== "not_found") return;
  if (step.step === "participant.close") closeParticipant(actual, step);
  if (step.step === "producer.close") dropProducer(actual, step.producer_id);
  if (step.step === "consumer.close" || step.step === "consumer.set") {
    actual.participants.get(step.participant_id)?.consumers.delete(step.producer_id);
  }
}

/** What all participants send, on their newest transports and on those that these replace. */
export function* sendersOf(
  { participants, remnants }: Pick<Actual, "participants" | "remnants">,
): Iterable<Pick<ActualParticipant, "routerId" | "producers">> {
  yield* participants.values();
  yield* allRemnants(remnants);
}

/** Consumers end with their producer. */
export function dropProducer(actual: Actual, producerId: string): void {
  dropSent(actual.pipes, producerId);
  for (const { producers } of sendersOf(actual)) producers.delete(producerId);
  for (const { consumers } of actual.participants.values()) consumers.delete(producerId);
  for (const { consumers } of allRemnants(actual.remnants)) consumers.delete(producerId);
}

function closeParticipant(actual: Actual, { participant_id, router_id }: StepOf<"participant.close">): void {
  if (actual.participants.get(participant_id)?.routerId === router_id) {
    dropParticipant(actual, participant_id);
  }
  dropRemnant(actual, participant_id, router_id);
}

export function dropParticipant(actual: Actual, participantId: string): void {
  const participant = actual.participants.get(participantId);
  actual.participants.delete(participantId);
  for (const producerId of participant?.producers.keys() ?? []) dropProducer(actual, producerId);
}

function dropRemnant(actual: Actual, participantId: string, routerId: string): void {
  const remnant = takeRemnant(actual.remnants, participantId, routerId);
  for (const producerId of remnant?.producers.keys() ?? []) dropProducer(actual, producerId);
}

/** Drops a router with everything in it. Answers the participants whose newest transports were on it. */
export function dropRouter(actual: Actual, routerId: string): string[] {
  actual.routers.delete(routerId);
  actual.pipes.delete(routerId);
  const theirs = [...actual.participants].filter(([, participant]) => participant.routerId === routerId);
  for (const [participantId] of theirs) dropParticipant(actual, participantId);
  for (const participantId of [...actual.remnants.keys()]) dropRemnant(actual, participantId, routerId);
  return theirs.map(([participantId]) => participantId);
}

/** The routers of one handler. */
export function routersOn({ routers }: Pick<Actual, "routers">, handlerId: string): string[] {
  return [...routers].filter(([, handler]) => handler === handlerId).map(([routerId]) => routerId);
}
