import type { StepDone, StepOf, StepOutcome } from "../../../shared/protocol/media/steps.ts";
import { consumerSteps } from "./consumer_steps.ts";
import { pipeSteps } from "./pipe_steps.ts";
import { producerSteps } from "./producer_steps.ts";
import { runsOf } from "./runs_of.ts";
import {
  type Refused,
  routerGone,
  type RouterStep,
  type RouterStepName,
  type StepHandlers,
  type StepSite,
} from "./step_site.ts";
import { transportSteps } from "./transport_steps.ts";

const stepHandlers: StepHandlers = { ...transportSteps, ...producerSteps, ...consumerSteps, ...pipeSteps };

/** Takes steps in order, the steps of one run together. The outcomes are in the order of the steps. */
export async function takeSteps(site: StepSite, steps: readonly RouterStep[]): Promise<StepOutcome[]> {
  const outcomes: StepOutcome[] = [];
  for (const run of runsOf(steps)) {
    outcomes.push(...await Promise.all(run.map((step) => takeStep(site, step.step, step))));
  }
  return outcomes;
}

async function takeStep<N extends RouterStepName>(
  site: StepSite,
  name: N,
  step: StepOf<N>,
): Promise<StepDone<N> | Refused> {
  return site.place.router.closed ? routerGone() : await stepHandlers[name](site, step);
}
