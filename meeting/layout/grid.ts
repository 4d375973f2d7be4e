import type { Gathering } from "./gathering.ts";
import { pinsFor, type Plan, screensFor, speakerFor, type Subscription } from "./subscription.ts";

/** Equal tiles. A shared screen takes the first slot; other screens, pins and the speaker have a slot, whichever. */
export function planGrid(subscription: Subscription, gathering: Gathering): Plan {
  const [stage, ...screens] = screensFor(subscription, gathering);
  const speaker = speakerFor(subscription, gathering);
  return {
    leading: stage === undefined ? [] : [stage],
    kept: [...screens, ...pinsFor(subscription, gathering), ...speaker === undefined ? [] : [speaker]],
  };
}
