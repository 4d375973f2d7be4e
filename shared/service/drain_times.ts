/**
 * How a program's drain time is shared out, where a service doesn't say otherwise: half of it for requests under way, two
 * fifths for actors that stop after them, and the rest for closing files and connections. Whatever hangs keeps nothing that
 * comes after it from its end.
 */
export interface DrainTimes {
  readonly requestsMs: number;
  readonly actorsMs: number;
}

/** No actor needs longer (`createScope`). */
const MOST_FOR_ACTORS_MS = 5_000;

export function drainTimes(drainSeconds: number): DrainTimes {
  return { requestsMs: drainSeconds * 500, actorsMs: Math.min(MOST_FOR_ACTORS_MS, drainSeconds * 400) };
}
