import { z } from "zod";

/** The id of anything that the live store holds. */
export const liveId = z.string().min(1).max(64);

/** The store doesn't answer. */
export const UNAVAILABLE = "unavailable";

/** Milliseconds since the epoch. */
export const timeMs = z.int();
