import type { RouterStep } from "./step_site.ts";

/**
 * Splits steps into runs that may be taken together. A run has consecutive steps of one name, each with another key, so
 * that two steps with the same key are never under way at the same time.
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

/** The key of a step. A pipe step's is the other router and the producer. A participant has one producer a source over all of their transports. */
function keyOf(step: RouterStep): string {
  if ("peer_router_id" in step) {
    return `${step.peer_router_id} ${"producer_id" in step ? step.producer_id : ""}`;
  }
  const participant = "participant_id" in step ? step.participant_id : "";
  if ("source" in step) return `${participant} ${step.source}`;
  if ("transport_id" in step) return step.transport_id;
  return `${participant} ${"producer_id" in step ? step.producer_id : ""}`;
}
