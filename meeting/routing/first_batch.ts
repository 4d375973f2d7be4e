import type { MediaStep } from "../../shared/protocol/media/steps.ts";

/**
 * About how many KiB a step takes on the link, with its answer: RTP capabilities and parameters come from clients, whose
 * frames have at most 64 KiB.
 */
const weightsKib: Partial<Record<MediaStep["step"], number>> = { "transports.open": 70, "consumer.open": 4 };
const otherKib = 0.5;
/** A message of the link has at most 4 MiB. */
const batchKib = 3_000;

/** The steps by which a participant receives something. */
const opening: ReadonlySet<MediaStep["step"]> = new Set(["transports.open", "consumer.open", "consumer.set"]);

/** Where not all steps fit, these go first: they end or silence something. */
const urgent: ReadonlySet<MediaStep["step"]> = new Set([
  "producer.pause",
  "producer.close",
  "consumer.close",
  "participant.close",
]);

/**
 * The steps of one batch: all of them, or as many as a message of the link carries. What a participant receives is opened
 * in the batch that opens their transports: the answer to their join or resume lists it.
 */
export function firstBatch(steps: readonly MediaStep[]): MediaStep[] {
  if (weightOf(steps) <= batchKib) return [...steps];
  const others = steps.filter(({ step }) => !urgent.has(step));
  const theirs = Map.groupBy(others.filter(({ step }) => opening.has(step)), participantOf);
  const groups = [
    ...steps.filter(({ step }) => urgent.has(step)).map((step) => [step]),
    ...others.filter(({ step }) => !opening.has(step)).map((step) => [step]),
    ...theirs.values(),
  ];
  const fitting = fittingOf(groups);
  // Where already the first participant's steps don't fit, they go in several batches.
  return fitting.length > 0 ? fitting : fittingOf((groups[0] ?? []).map((step) => [step]));
}

/** The steps of the first groups that fit into one message together. */
function fittingOf(groups: readonly (readonly MediaStep[])[]): MediaStep[] {
  let leftKib = batchKib;
  const tooMuch = groups.findIndex((group) => (leftKib -= weightOf(group)) < 0);
  return (tooMuch < 0 ? groups : groups.slice(0, tooMuch)).flat();
}

function participantOf(step: MediaStep): string {
  return "participant_id" in step ? step.participant_id : "";
}

function weightOf(steps: readonly MediaStep[]): number {
  return steps.reduce((sum, { step }) => sum + (weightsKib[step] ?? otherKib), 0);
}
