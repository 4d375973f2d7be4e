import type { MediaStep, StepOutcome } from "../../shared/protocol/media/steps.ts";
import type { RouterStep } from "./steps/step_site.ts";

/** The steps of a batch that one router takes, and their positions in the batch. */
export interface BatchPart {
  readonly routerId: string;
  readonly steps: RouterStep[];
  readonly indexes: number[];
}

/** Splits a batch by router. Each part keeps its order. `opens` has the positions of the steps that open routers. */
export function splitBatch(
  steps: readonly MediaStep[],
): { readonly parts: readonly BatchPart[]; readonly opens: readonly number[] } {
  const parts = new Map<string, BatchPart>();
  const opens: number[] = [];
  for (const [index, step] of steps.entries()) {
    if (step.step === "router.open") {
      opens.push(index);
      continue;
    }
    const part = parts.get(step.router_id) ?? { routerId: step.router_id, steps: [], indexes: [] };
    parts.set(step.router_id, part);
    part.steps.push(step);
    part.indexes.push(index);
  }
  return { parts: [...parts.values()], opens };
}

/** Puts the outcomes of all parts into the order of the batch. */
export function joinOutcomes(
  answered: readonly { readonly indexes: readonly number[]; readonly outcomes: readonly StepOutcome[] }[],
): StepOutcome[] {
  const pairs = answered.flatMap(({ indexes, outcomes }) =>
    indexes.map((index, n) => [index, outcomes[n]] as const)
  );
  pairs.sort(([one], [other]) => one - other);
  return pairs.flatMap(([, outcome]) => outcome ?? []);
}
