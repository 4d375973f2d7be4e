import type { MediaStep, StepDone, StepOf, StepOutcome } from "../../shared/protocol/media/steps.ts";
import type { Transports } from "../../shared/protocol/mod.ts";
import type { PipeStep } from "./actual_pipes.ts";
import { noteOutcome } from "./actual.ts";
import { concernStep, concernStreams } from "./concern.ts";
import { changeStanding } from "./change_standing.ts";
import { type MediaState, renewTransports } from "./media_state.ts";
import { stay } from "./move_away.ts";
import { addRemnant } from "./remnants.ts";

/** The result of a batch for the participants that it concerned. */
export interface Noted {
  /** Participants with transports: fresh ones, or null for those whose clients go on with the ones that they have. */
  readonly attached: Map<string, Transports | null>;
  /** The refusals of transports, by participant. */
  readonly unattached: Map<string, { readonly code: string; readonly message: string }>;
  /** Consumers that the handler refused to open, for example because the client lacks the codec. */
  readonly refused: { readonly participantId: string; readonly message: string }[];
  /** Routers that the handler doesn't have. */
  readonly lostRouters: Set<string>;
  /** The handler lacks an object of actual, so an inventory is due. */
  isOutdated: boolean;
  /** A router or the handler turned out to be full, so that other steps are due now. */
  isFuller: boolean;
}

/** The answer to one handler's batch. */
export interface Answered {
  readonly handlerId: string;
  readonly steps: readonly MediaStep[];
  readonly outcomes: readonly StepOutcome[];
}

/** Applies the outcomes of a batch's steps. */
export function noteOutcomes(
  state: MediaState,
  { handlerId, steps, outcomes }: Answered,
  nowMs: number,
): Noted {
  const noted: Noted = {
    attached: new Map(),
    unattached: new Map(),
    refused: [],
    lostRouters: new Set(),
    isOutdated: outcomes.length !== steps.length,
    isFuller: false,
  };
  for (const [index, step] of steps.entries()) {
    const outcome = outcomes[index];
    if (outcome === undefined) continue;
    if (step.step !== "router.open" && !state.actual.routers.has(step.router_id)) {
      // The router was lost while the step was under way, and everything in it.
      concernStep(state.concerned, step);
      continue;
    }
    if (step.step === "transports.open" && isGivenUp(state, step)) {
      if (outcome.ok) dropSoon(state, step, nowMs);
      continue;
    }
    noteOutcome(state.actual, step, outcome, { handlerId, nowMs });
    if ("peer_router_id" in step) {
      notePipe(state, step, outcome, noted);
      continue;
    }
    concernIfOutdated(state, step);
    if (outcome.ok) noteDone(state, step, outcome, noted);
    else noteRefused(state, { handlerId, step, outcome }, noted);
  }
  return noted;
}

function noteDone(
  state: MediaState,
  step: MediaStep,
  outcome: Extract<StepOutcome, { ok: true }>,
  noted: Noted,
): void {
  const { attending, scene, actual, concerned } = state;
  switch (step.step) {
    case "transports.open":
      if (outcome.step === "transports.open") noteTransports(state, step, outcome, noted);
      return;
    case "router.open":
      for (const id of attending.keys()) concerned.participants.add(id);
      return;
    case "producer.pause":
      // It may have been switched again while the step was under way.
      concerned.producers.add(step.producer_id);
      return;
    case "consumer.open":
      if (outcome.step === "consumer.open") noteConsumer(state, step, outcome);
      return;
    case "consumer.set":
      if (actual.remnants.has(step.participant_id)) concerned.participants.add(step.participant_id);
      return concernPipes(state);
    case "consumer.close":
      scene.subscribers.get(step.participant_id)?.hidden.delete(step.producer_id);
      return concernPipes(state);
    case "participant.close":
      return concernPipes(state);
  }
}

function noteTransports(
  state: MediaState,
  { participant_id, epoch }: StepOf<"transports.open">,
  { state: found, send, recv }: StepDone<"transports.open">,
  noted: Noted,
): void {
  const one = state.attending.get(participant_id);
  if (one?.subscriber.epoch !== epoch) return;
  // Transports that a client has connected can't be given to a client that doesn't go on with them.
  if (found === "lost") return renewTransports(state, one);
  const isKept = one.subscriber.keeps && found === "connected";
  one.subscriber.keeps = false;
  one.isAttached = true;
  one.left = null;
  if (!isKept) one.subscriber.ready = new Set();
  noted.attached.set(participant_id, isKept ? null : { send, recv });
  // What comes from other routers is known to be wanted on this one only now.
  if (state.actual.routers.size > 1) state.concerned.participants.add(participant_id);
}

function noteConsumer(
  { scene, descriptions, concerned }: MediaState,
  { participant_id, producer_id }: StepOf<"consumer.open">,
  { consumer_id, kind, rtp_parameters }: StepDone<"consumer.open">,
): void {
  const subscriber = scene.subscribers.get(participant_id);
  const isKept = subscriber?.undescribed.get(producer_id) === consumer_id;
  subscriber?.undescribed.delete(producer_id);
  // One that isn't shown is hidden for a while.
  if (isKept) concernStreams(concerned, participant_id, [producer_id]);
  const isReady = subscriber?.ready.has(producer_id) === true;
  if (isReady && !isKept && !descriptions.has(consumer_id)) {
    subscriber.ready = new Set([...subscriber.ready].filter((id) => id !== producer_id));
  }
  descriptions.set(consumer_id, { kind, rtp_parameters });
}

/** A pipe ends, or pauses, once nobody beyond it has what it carries. */
function concernPipes({ actual, concerned }: MediaState): void {
  if (actual.pipes.size > 0) concerned.arePipes = true;
}

type Refusal = Extract<StepOutcome, { ok: false }>;

interface RefusedStep {
  readonly handlerId: string;
  readonly step: MediaStep;
  readonly outcome: Refusal;
}

function noteRefused(state: MediaState, { handlerId, step, outcome }: RefusedStep, noted: Noted): void {
  switch (step.step) {
    case "transports.open":
      return noteRefusedTransports(state, step, outcome, noted);
    case "router.open":
      changeStanding(state, handlerId, { isFull: true });
      noted.isFuller = true;
      return;
    case "consumer.open":
      if (outcome.code === "rejected") return noteRejected(state, step, outcome, noted);
  }
  if (isSurprising(state, step, noted)) noted.isOutdated = true;
}

function noteRefusedTransports(
  state: MediaState,
  step: StepOf<"transports.open">,
  outcome: Refusal,
  noted: Noted,
): void {
  const { attending, concerned, fullRouters } = state;
  if (outcome.code === "not_found") {
    noted.lostRouters.add(step.router_id);
    concerned.participants.add(step.participant_id);
    return;
  }
  const isFull = outcome.code === "full";
  const one = attending.get(step.participant_id);
  if (one?.left != null) {
    // This was their move to another handler.
    noted.isFuller ||= isFull;
    if (isFull) fullRouters.add(step.router_id);
    stay(state, one);
  } else if (isFull && mayGoElsewhere(state, step)) {
    fullRouters.add(step.router_id);
    concerned.participants.add(step.participant_id);
    noted.isFuller = true;
  } else noted.unattached.set(step.participant_id, outcome);
}

/** The client can't receive the producer. */
function noteRejected(
  { scene, concerned }: MediaState,
  { participant_id: participantId, producer_id }: StepOf<"consumer.open">,
  { message }: Refusal,
  noted: Noted,
): void {
  const subscriber = scene.subscribers.get(participantId);
  if (subscriber !== undefined) subscriber.refused = new Set([...subscriber.refused, producer_id]);
  concernStreams(concerned, participantId, [producer_id]);
  noted.refused.push({ participantId, message });
}

/** Whether a participant whose move this step was has stayed where they were. */
function isGivenUp({ attending }: MediaState, { participant_id, epoch }: StepOf<"transports.open">): boolean {
  const one = attending.get(participant_id);
  return one?.isAttached === true && epoch > one.subscriber.epoch;
}

/** Has the transports closed that nobody is to use. */
function dropSoon(
  { actual, concerned }: MediaState,
  { participant_id, router_id: routerId }: StepOf<"transports.open">,
  nowMs: number,
): void {
  const nothing = { producers: new Map(), consumers: new Map() };
  addRemnant(actual.remnants, participant_id, { routerId, ...nothing, untilMs: nowMs }, nowMs);
  concerned.participants.add(participant_id);
}

/** Whether a router that is full is to be passed over, for somebody who isn't there. One that was asked in spite of it is the last. */
function mayGoElsewhere(
  { actual, fullRouters }: MediaState,
  { participant_id, router_id }: StepOf<"transports.open">,
): boolean {
  return actual.participants.get(participant_id)?.routerId !== router_id && !fullRouters.has(router_id);
}

/** A pipe takes several batches, each after the outcomes of the one before. */
function notePipe(
  { concerned, receivers }: MediaState,
  step: PipeStep,
  outcome: StepOutcome,
  noted: Noted,
): void {
  if (outcome.ok || step.step === "pipe.connect") concerned.arePipes = true;
  if (!outcome.ok && step.step !== "pipe.end" && step.step !== "pipe.close") noted.isOutdated = true;
  if (!outcome.ok || step.step !== "pipe.receive") return;
  // It may have been switched meanwhile.
  concerned.producers.add(step.producer_id);
  for (const id of receivers.get(step.router_id)?.get(step.producer_id)?.wanted ?? []) {
    concernStreams(concerned, id, [step.producer_id]);
  }
}

/** Marks a participant as concerned who left, or whose producer was closed, while the step was under way. */
function concernIfOutdated({ attending, scene, concerned }: MediaState, step: MediaStep): void {
  if (!("participant_id" in step)) return;
  const isGone = !attending.has(step.participant_id) ||
    step.step === "consumer.open" && !scene.producers.has(step.producer_id);
  if (isGone) concerned.participants.add(step.participant_id);
}

/** Whether the handler refused a step although it should have the objects that the step names, by its earlier answers. */
function isSurprising({ attending, scene }: MediaState, step: MediaStep, { unattached }: Noted): boolean {
  if (step.step === "producer.close" || step.step === "consumer.close") return false;
  if (step.step === "participant.close") return false;
  if ("participant_id" in step) {
    if (unattached.has(step.participant_id) || !attending.get(step.participant_id)?.isAttached) return false;
  }
  return !("producer_id" in step) || scene.producers.has(step.producer_id);
}
