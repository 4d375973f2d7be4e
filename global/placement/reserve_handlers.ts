import type { HandlerEntry, Lease } from "../../shared/store/live/mod.ts";
import type { Present } from "./roster.ts";
import { type Choice, chooseOfTwo } from "./two_choices.ts";

/** The most handlers of one meeting. */
export const MOST_HANDLERS = 8;

/**
 * More handlers for a meeting behind its first and its backup: the controller uses them for participants of their regions,
 * and when all before them are full or gone, without asking anybody at that moment. Those that the meeting had stay; then
 * comes one of each other region, then the nearest by `rankOf`. Last are those that it had and that drain or are silent:
 * its media may be there, and the next controller has to find it.
 */
export function reserveHandlers(
  chosen: readonly HandlerEntry[],
  { heard, present }: Pick<Present<HandlerEntry>, "heard" | "present">,
  choice: Choice<HandlerEntry>,
  before: Lease["handlers"] = [],
): HandlerEntry[] {
  const ready = heard.filter(({ state }) => state === "ready");
  const isReady = new Set(ready.map(({ id }) => id));
  const left = before.flatMap(({ id }) => isReady.has(id) ? [] : present.filter((one) => one.id === id));
  const most = MOST_HANDLERS - left.length;
  const named = [...chosen];
  const others = () => ready.filter(({ id }) => named.every((one) => one.id !== id));
  const add = (handler: HandlerEntry | undefined) => {
    if (handler !== undefined && named.length < most) named.push(handler);
  };
  for (const { id } of before) add(others().find((handler) => handler.id === id));
  const regions = new Set(others().map(({ region }) => region));
  for (const { region } of named) regions.delete(region);
  for (const region of regions) add(chooseOfTwo(others().filter((one) => one.region === region), choice));
  while (named.length < most && others().length > 0) add(chooseOfTwo(others(), choice));
  return [...named, ...left].slice(0, MOST_HANDLERS);
}
