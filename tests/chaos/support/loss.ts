import type { MediaPerson, SeenGap } from "./media_crowd.ts";

/** The gaps after one loss of a worker or a handler. */
export interface Loss {
  /** At and of those who were on it. */
  readonly ofTheLost: readonly SeenGap[];
  /** Among those who were on another one. */
  readonly ofTheOthers: readonly SeenGap[];
}

/** Settings of an `up` that lets a crowd of guests in, as often as a test likes. */
export const crowdSettings = {
  DT_LIMIT_GUESTS_PER_MINUTE: "10000",
  DT_LIMIT_SEATS_PER_SUBJECT: "100",
};

export function lossOf(gaps: readonly SeenGap[], lost: readonly MediaPerson[]): Loss {
  const names = new Set(lost.map(({ name }) => name));
  const { ofTheLost = [], ofTheOthers = [] } = Object.groupBy(
    gaps,
    ({ by, of }) => names.has(by) || names.has(of) ? "ofTheLost" : "ofTheOthers",
  );
  return { ofTheLost, ofTheOthers };
}

/** After how many milliseconds everybody who was lost received everybody again, once for each loss. */
export function recoveriesOf(losses: readonly Loss[]): number[] {
  return losses.map(({ ofTheLost }) => longestOf(ofTheLost));
}

/** After how many milliseconds each receiver received everybody again, of all who lost somebody, loss by loss. */
export function receiversOf(losses: readonly Loss[]): number[] {
  return losses.flatMap(({ ofTheLost }) =>
    Map.groupBy(ofTheLost, ({ by }) => by).values().map(longestOf).toArray()
  );
}

/** The longest gap, in milliseconds; 0 where there is none. */
export function longestOf(gaps: readonly SeenGap[]): number {
  return Math.round(Math.max(0, ...gaps.map(({ longestMs }) => longestMs)));
}
