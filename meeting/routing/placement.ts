import { routersOn } from "./actual.ts";
import type { HandlerStanding } from "./handler_standing.ts";
import type { MediaState } from "./media_state.ts";

/** Where a participant's transports are to be opened. */
export type Place =
  | { readonly kind: "router"; readonly routerId: string }
  /** On another router of this handler, which is to be opened first. */
  | { readonly kind: "new_router"; readonly handlerId: string }
  /** On this handler, on which the meeting is to be opened first. */
  | { readonly kind: "handler"; readonly handlerId: string }
  /** It will turn out: a handler is being opened, its link is lost since a moment ago, or GC was asked for another one. */
  | { readonly kind: "wait" }
  /** Every handler of the lease is gone, full or about to end: GC may have another one. */
  | { readonly kind: "nowhere" };

type Places = Pick<MediaState, "actual" | "handlers" | "fullRouters" | "isAdopting" | "search">;

/**
 * The place for somebody who has no transports: the handlers of their region come first, then those that
 * have media of the meeting, then the others, each in the order of the lease; of each the routers in the order in which
 * they were opened. A handler that ends soon is the last resort. Where all are full and GC has no other, the first router
 * says so itself.
 */
export function placeFor(media: Places, region: string | null): Place {
  if (media.isAdopting) return { kind: "wait" };
  const ordered = inOrder(media, region);
  const place = firstPlace(media, ordered, false) ?? firstPlace(media, ordered, true);
  if (place !== undefined) return place;
  if (media.search !== "in vain") return { kind: media.search === "open" ? "nowhere" : "wait" };
  const open = ordered.find(([, { state }]) => state === "open");
  const [routerId] = open === undefined ? [] : routersOn(media.actual, open[0]);
  return routerId === undefined ? { kind: "wait" } : { kind: "router", routerId };
}

/**
 * The place to which a participant is to be moved whose transports are on this router; undefined unless its handler is
 * about to end. Until it is a router, they stay: what they have still works.
 */
export function refugeFrom(media: Places, routerId: string, region: string | null): Place | undefined {
  if (media.handlers.get(media.actual.routers.get(routerId) ?? "")?.isDraining !== true) return undefined;
  if (media.isAdopting) return { kind: "wait" };
  return firstPlace(media, inOrder(media, region), false) ??
    { kind: media.search === "open" ? "nowhere" : "wait" };
}

function firstPlace(
  media: Places,
  ordered: readonly [string, HandlerStanding][],
  isDraining: boolean,
): Place | undefined {
  for (const [handlerId, standing] of ordered) {
    const place = standing.isDraining === isDraining ? placeOn(media, handlerId, standing) : undefined;
    if (place !== undefined) return place;
  }
  return undefined;
}

function inOrder({ handlers, actual }: Places, region: string | null): [string, HandlerStanding][] {
  const used = new Set(actual.participants.values().map(({ routerId }) => actual.routers.get(routerId)));
  const rankOf = ([id, standing]: [string, HandlerStanding]) => {
    if (region !== null && standing.region === region) return 0;
    return used.has(id) ? 1 : 2;
  };
  return [...handlers].sort((one, other) => rankOf(one) - rankOf(other));
}

function placeOn(
  { actual, fullRouters }: Places,
  handlerId: string,
  { state, isFull }: HandlerStanding,
): Place | undefined {
  if (state === "closed") return { kind: "handler", handlerId };
  if (state === "opening" || state === "unknown") return { kind: "wait" };
  if (state !== "open") return undefined;
  const routerId = routersOn(actual, handlerId).find((id) => !fullRouters.has(id));
  if (routerId !== undefined) return { kind: "router", routerId };
  return isFull ? undefined : { kind: "new_router", handlerId };
}
