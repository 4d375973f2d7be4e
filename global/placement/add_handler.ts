import type { HandlerEntry, Lease } from "../../shared/store/live/mod.ts";
import { type Choice, chooseOfTwo } from "./two_choices.ts";

/** What GC knows of handlers. */
export interface KnownHandlers {
  /** All that have not been silent for long. */
  readonly present: readonly HandlerEntry[];
  readonly heard: readonly HandlerEntry[];
}

/**
 * The handlers of a running meeting with another one behind them, for a controller that finds all of them full or gone.
 * Those that GC knows to be gone are left out. `undefined` if there is no other.
 */
export function addHandler(
  before: Lease["handlers"],
  { present, heard }: KnownHandlers,
  choice: Choice<HandlerEntry>,
): Lease["handlers"] | undefined {
  const isNamed = ({ id }: HandlerEntry) => before.some((one) => one.id === id);
  const free = heard.filter((one) => one.state === "ready" && one.load < 1 && !isNamed(one));
  const chosen = chooseOfTwo(free, choice);
  if (chosen === undefined) return undefined;
  const { id, region, endpoints: { link_url } } = chosen;
  const kept = before.filter((named) => present.some((one) => one.id === named.id));
  return [...kept, { id, link_url, region }];
}
