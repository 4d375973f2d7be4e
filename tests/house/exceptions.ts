import type { Exceptions } from "./except.ts";

/*
 * What doesn't keep to a rule of the house today: so many violations of each path. The lists may only shrink. Whoever
 * mends one takes it out, or lowers its number; whoever moves a file mends it, or moves its entry.
 */

/** Files at the root of a service that belong into one of its rooms. */
export const roomless: Exceptions = {};

/** Files on an import circle. */
export const fileCircles: Exceptions = {};

/** Rooms on an import circle. */
export const roomCircles: Exceptions = {};

/** Tells and offers at whose outcome nobody looks. */
export const ignoredTells: Exceptions = {};

/** Asks in an actor's file that lose the chain of askers. */
export const asksWithoutChain: Exceptions = {};
