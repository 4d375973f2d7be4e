import type { Gathering } from "./gathering.ts";
import { pinsFor, type Plan, screensFor, speakerFor, type Subscription } from "./subscription.ts";

/** A shared screen takes the first slot, and the pins follow it in the order in which the subscriber named them. */
export function planPinned(subscription: Subscription, gathering: Gathering): Plan {
  const [stage, ...screens] = screensFor(subscription, gathering);
  const speaker = speakerFor(subscription, gathering);
  return {
    leading: [...stage === undefined ? [] : [stage], ...pinsFor(subscription, gathering)],
    kept: [...screens, ...speaker === undefined ? [] : [speaker]],
  };
}
