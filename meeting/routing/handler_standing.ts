/** How far a meeting is with a handler of its lease. */
export type HandlerState =
  /** Not needed yet, or not any more: it is opened when somebody is to be there. */
  | "closed"
  | "opening"
  | "open"
  /** Its link is lost: what is there stays as it is, until its inventory comes. */
  | "unknown"
  /** The same for so long that nobody new waits for it. */
  | "overdue"
  /** Its process is gone. It is tried again after a while. */
  | "gone";

/** A handler of the lease. */
export interface HandlerStanding {
  readonly region: string | null;
  readonly state: HandlerState;
  /** It gives the meeting no other router. It is asked again after its next inventory. */
  readonly isFull: boolean;
  /** It is about to end: whoever is there is moved to another one. */
  readonly isDraining: boolean;
  /** An inventory of it was taken in before. */
  readonly isAdopted: boolean;
}

/** Whether GC is asked for another handler: all of the lease are gone, full or about to end. */
export type HandlerSearch =
  /** It may be asked. */
  | "open"
  | "under way"
  /** There was none a moment ago. */
  | "in vain";

/** By the handlers' ids, the preferred one first. */
export type Handlers = Map<string, HandlerStanding>;

export function newStanding(region: string | null): HandlerStanding {
  return { region, state: "closed", isFull: false, isDraining: false, isAdopted: false };
}

/** Whether every handler has said what it has, or can have nothing of the meeting. */
export function areAllKnown(handlers: ReadonlyMap<string, HandlerStanding>): boolean {
  return [...handlers.values()].every(({ state, isAdopted }) =>
    isAdopted || state === "closed" || state === "gone"
  );
}
