import type { RouterStep } from "./step_site.ts";

/**
 * Cuts steps into runs that may be taken together: steps of one name that follow one another, none of which has the key
 * of another. So two steps for one thing never meet half-way.
 */
export function runsOf(steps: readonly RouterStep[]): RouterStep[][] {
  const runs: RouterStep[][] = [];
  let keys = new Set<string>();
  for (const step of steps) {
    const run = runs.at(-1);
    const key = keyOf(step);
    if (run === undefined || run[0]?.step !== step.step || keys.has(key)) {
      runs.push([step]);
      keys = new Set([key]);
    } else {
      run.push(step);
      keys.add(key);
    }
  }
  return runs;
}

/** What the step is about. A participant has one producer a source, whichever of their transports it is on. */
function keyOf(step: RouterStep): string {
  const participant = "participant_id" in step ? step.participant_id : "";
  if ("source" in step) return `${participant} ${step.source}`;
  if ("transport_id" in step) return step.transport_id;
  return `${participant} ${"producer_id" in step ? step.producer_id : ""}`;
}
