import { fail, type Failure } from "../../shared/actor/mod.ts";
import type { MediaStepName, StepDone, StepOutcome } from "../../shared/protocol/media/steps.ts";

export type StepRefused = Failure<"not_found" | "rejected" | "unavailable">;

/** The result of a step that was sent alone, by the first outcome of the answer: an outcome answers the step in its place. */
export function stepResult<N extends MediaStepName>(
  outcome: StepOutcome | undefined,
): StepDone<N> | StepRefused {
  if (outcome?.ok) return outcome as StepDone<N>;
  if (outcome === undefined) return fail("unavailable", "The media handler did not answer the step.");
  const { code, message } = outcome;
  return code === "not_found" || code === "rejected" ? fail(code, message) : fail("unavailable", message);
}
