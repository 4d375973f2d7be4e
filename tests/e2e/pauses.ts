import type { Arrived } from "./pages/thin_path.ts";

/** How long the page itself stood still at the most, in milliseconds: it looks every 50 ms. */
export function longestStall(moments: readonly Arrived[]): number {
  const pauses = moments.map(({ atMs }, index) => atMs - (moments[index - 1]?.atMs ?? atMs));
  return Math.max(0, Math.max(...pauses) - 50);
}

/** The longest time in which a count did not grow, in milliseconds. */
export function longestPause(moments: readonly Arrived[], count: (moment: Arrived) => number): number {
  let longest = 0;
  let last = moments[0];
  for (const moment of moments) {
    if (last === undefined || count(moment) > count(last)) last = moment;
    longest = Math.max(longest, moment.atMs - last.atMs);
  }
  return longest;
}
