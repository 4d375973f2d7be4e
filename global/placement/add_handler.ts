import type { HandlerEntry, Lease } from "../../shared/store/live/mod.ts";
import { MOST_HANDLERS } from "./reserve_handlers.ts";
import { type Choice, chooseOfTwo } from "./two_choices.ts";

/** What GC knows of handlers. */
export interface KnownHandlers {
  /** All that have not been silent for long. */
  readonly present: readonly HandlerEntry[];
  readonly heard: readonly HandlerEntry[];
}

/**
 * Another handler for a running meeting whose controller finds all of its handlers full or gone, and the meeting's
 * handlers with it at their end. Those that GC knows to be gone are left out; so are, where there are too many, those
 * that are silent or drain. One that has started anew at another address is another one, and takes its own place.
 * `undefined` if there is no other, or no room for one.
 */
export function addHandler(
  before: Lease["handlers"],
  { present, heard }: KnownHandlers,
  choice: Choice<HandlerEntry>,
): { readonly added: HandlerEntry; readonly handlers: Lease["handlers"] } | undefined {
  const ready = heard.filter(({ state }) => state === "ready");
  const isNamed = ({ id, endpoints: { link_url } }: HandlerEntry) =>
    before.some((one) => one.id === id && one.link_url === link_url);
  const free = ready.filter((handler) => handler.load < 1 && !isNamed(handler));
  const added = chooseOfTwo(free, choice);
  if (added === undefined) return undefined;
  const amongst = (handlers: readonly HandlerEntry[]) =>
    before.filter((named) => named.id !== added.id && handlers.some(({ id }) => id === named.id));
  const there = amongst(present);
  const kept = there.length < MOST_HANDLERS ? there : amongst(ready);
  if (kept.length >= MOST_HANDLERS) return undefined;
  const { id, region, endpoints: { link_url } } = added;
  return { added, handlers: [...kept, { id, link_url, region }] };
}
