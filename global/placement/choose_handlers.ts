import type { HandlerEntry, Lease } from "../../shared/store/live/mod.ts";
import { isSameZone } from "./locality.ts";
import { type Choice, chooseOfTwo } from "./two_choices.ts";

/**
 * The handlers for a meeting, the first and its backup. Those that the meeting had stay, as far as they are ready: they
 * keep its routers for a while, so that they take nothing new. Otherwise the nearest by `rankOf`, the less loaded of
 * two; the backup is in another zone where there is one.
 */
export function chooseHandlers(
  handlers: readonly HandlerEntry[],
  choice: Choice<HandlerEntry>,
  before: Lease["handlers"] = [],
): HandlerEntry[] {
  const ready = handlers.filter(({ state }) => state === "ready");
  const kept = before.flatMap(({ id }) => ready.filter((handler) => handler.id === id));
  // The load that the handler reported: what it was given since is an estimate, which must not refuse anybody.
  const free = ready.filter(({ load }) => load < 1);
  const first = kept[0] ?? chooseOfTwo(free, choice);
  if (first === undefined) return [];
  const farthest = Math.max(...ready.map(choice.rankOf));
  const backup = kept[1] ?? chooseOfTwo(free.filter(({ id }) => id !== first.id), {
    ...choice,
    rankOf: (handler) => choice.rankOf(handler) + (isSameZone(handler, first) ? farthest + 1 : 0),
  });
  return backup === undefined ? [first] : [first, backup];
}
