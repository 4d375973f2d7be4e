import type { MediaInventory } from "../../shared/protocol/media/inventory.ts";
import type { MediaStep, StepOutcome } from "../../shared/protocol/media/steps.ts";
import { type ActualPipes, dropSent, notePipeOutcome, pipesFromInventory } from "./actual_pipes.ts";

/** A stream that the handler forwards to a participant. */
export interface ActualConsumer {
  readonly consumerId: string;
  readonly paused: boolean;
  readonly priority: number;
  /** The highest spatial layer that is sent; null while no step has set one. */
  readonly spatialLayer: number | null;
}

/** The epoch of transports that are to be opened again, and closed if the participant leaves before. */
export const olderThanAny = -1;

/** A participant's newest transports, and what is on them. */
export interface ActualParticipant {
  readonly routerId: string;
  readonly epoch: number;
  /** Whether each of the participant's producers is paused, by its id. */
  readonly producers: Map<string, boolean>;
  /** By the producer's id. */
  readonly consumers: Map<string, ActualConsumer>;
}

/** The objects of a meeting on a media handler, as the handler's answers, inventories and reports describe them. */
export interface Actual {
  readonly routers: Set<string>;
  readonly pipes: ActualPipes;
  readonly participants: Map<string, ActualParticipant>;
}

export function nothingThere(): Actual {
  return { routers: new Set(), pipes: new Map(), participants: new Map() };
}

/** mediasoup's default. */
const defaultPriority = 1;

export function fromInventory({ routers }: MediaInventory): Actual {
  const participants = new Map<string, ActualParticipant>();
  for (const router of routers) {
    for (const { participant_id, epoch, state, producers, consumers } of router.participants) {
      participants.set(participant_id, {
        routerId: router.router_id,
        epoch: state === "ended" ? olderThanAny : epoch,
        producers: new Map(producers.map(({ producer_id, paused }) => [producer_id, paused])),
        consumers: new Map(consumers.map(({ producer_id, consumer_id, paused, priority, spatial_layer }) => [
          producer_id,
          { consumerId: consumer_id, paused, priority, spatialLayer: spatial_layer },
        ])),
      });
    }
  }
  return {
    routers: new Set(routers.map(({ router_id }) => router_id)),
    pipes: pipesFromInventory({ routers }),
    participants,
  };
}

/** Applies one step's outcome to actual. */
export function noteOutcome(actual: Actual, step: MediaStep, outcome: StepOutcome): void {
  if ("peer_router_id" in step) return notePipeOutcome(actual.pipes, step, outcome);
  if (!outcome.ok) return noteRefusal(actual, step, outcome.code);
  switch (step.step) {
    case "router.open":
      if (outcome.step === step.step) actual.routers.add(outcome.router_id);
      return;
    case "transports.open": {
      if (outcome.step !== step.step) return;
      const { router_id: routerId, participant_id, epoch } = step;
      const there = actual.participants.get(participant_id);
      const { producers, consumers } = outcome.state === "new" || there === undefined
        ? { producers: new Map(), consumers: new Map() }
        : there;
      return void actual.participants.set(participant_id, { routerId, epoch, producers, consumers });
    }
    case "producer.open":
      if (outcome.step !== step.step) return;
      return void actual.participants.get(step.participant_id)?.producers.set(
        outcome.producer_id,
        step.paused,
      );
    case "producer.pause":
      for (const { producers } of actual.participants.values()) {
        if (producers.has(step.producer_id)) producers.set(step.producer_id, step.paused);
      }
      return;
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
      return dropParticipant(actual, step.participant_id);
    case "transport.connect":
    case "transport.restart_ice":
      return;
  }
}

/** A step that is refused as `not_found` shows that its object is gone from the handler. */
function noteRefusal(actual: Actual, step: MediaStep, code: string): void {
  if (code !== "not_found") return;
  if (step.step === "participant.close") dropParticipant(actual, step.participant_id);
  if (step.step === "producer.close") dropProducer(actual, step.producer_id);
  if (step.step === "consumer.close" || step.step === "consumer.set") {
    actual.participants.get(step.participant_id)?.consumers.delete(step.producer_id);
  }
}

/** Consumers end with their producer. */
export function dropProducer(actual: Actual, producerId: string): void {
  dropSent(actual.pipes, producerId);
  for (const { producers, consumers } of actual.participants.values()) {
    producers.delete(producerId);
    consumers.delete(producerId);
  }
}

export function dropParticipant(actual: Actual, participantId: string): void {
  const participant = actual.participants.get(participantId);
  actual.participants.delete(participantId);
  for (const producerId of participant?.producers.keys() ?? []) dropProducer(actual, producerId);
}

/** Drops a router with everything in it. Answers the participants whose transports were on it. */
export function dropRouter(actual: Actual, routerId: string): string[] {
  actual.routers.delete(routerId);
  actual.pipes.delete(routerId);
  const theirs = [...actual.participants].filter(([, participant]) => participant.routerId === routerId);
  for (const [participantId] of theirs) dropParticipant(actual, participantId);
  return theirs.map(([participantId]) => participantId);
}
