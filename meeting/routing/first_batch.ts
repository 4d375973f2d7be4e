import type { MediaStep } from "../../shared/protocol/media/steps.ts";

/**
 * About how many KiB a step takes on the link, with its answer: RTP capabilities and parameters come from clients, whose
 * frames have at most 64 KiB.
 */
const weightsKib: Partial<Record<MediaStep["step"], number>> = { "transports.open": 70, "consumer.open": 4 };
const otherKib = 0.5;
/** A message of the link has at most 4 MiB. */
const batchKib = 3_000;

/** Where not all steps fit, these go first: they end or silence something. */
const urgent: ReadonlySet<MediaStep["step"]> = new Set([
  "producer.pause",
  "producer.close",
  "consumer.close",
  "participant.close",
]);

/** The steps of one batch: all of them, or as many as a message of the link carries. */
export function firstBatch(steps: readonly MediaStep[]): MediaStep[] {
  if (weightOf(steps) <= batchKib) return [...steps];
  const ordered = [
    ...steps.filter(({ step }) => urgent.has(step)),
    ...steps.filter(({ step }) => !urgent.has(step)),
  ];
  let leftKib = batchKib;
  const fitting = ordered.findIndex((step) => (leftKib -= weightOf([step])) < 0);
  return ordered.slice(0, fitting);
}

function weightOf(steps: readonly MediaStep[]): number {
  return steps.reduce((sum, { step }) => sum + (weightsKib[step] ?? otherKib), 0);
}
