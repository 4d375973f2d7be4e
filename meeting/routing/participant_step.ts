import type { MediaStepName, StepOf } from "../../shared/protocol/media/steps.ts";

/** The fields of a step besides those that every step about a participant has. */
export type StepRest<N extends MediaStepName> = Omit<StepOf<N>, "step" | "router_id" | "participant_id">;

/** Makes a step about one participant on the router of their transports. */
export function participantStep<N extends MediaStepName>(
  name: N,
  routerId: string,
  participantId: string,
  rest: StepRest<N>,
): StepOf<N> {
  const step = { step: name, router_id: routerId, participant_id: participantId, ...rest };
  // The rest is checked against the step's own type, which TypeScript can't put together again.
  return step as unknown as StepOf<N>;
}
