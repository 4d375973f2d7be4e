import { fail, type Failure } from "../../shared/actor/mod.ts";
import type { Rate } from "../../shared/limits/gcra.ts";

/**
 * How many notices one person may cause in a meeting, counted once for each who is told: 2,000 a second take about 6 % of a
 * core (0022). With 40 people in it that is as often as one connection may ask for anything.
 */
export const NOTICE_RATE: Rate = { count: 2_000, periodMs: 1_000, burst: 10_000 };
/** What takes one click counts for so many at the most: five a second, as fast as a person is, always go through. */
export const MOST_BY_CLICK = 400;

export function tooOften(): Failure<"too_often"> {
  return fail("too_often", "That is too much at once for so many people.");
}
