import type { Result } from "../../shared/actor/mod.ts";
import type { Census } from "../state/meeting.ts";

/** What a meeting, a shard or a controller has. */
export interface LoadCount {
  readonly meetings: number;
  readonly joined: number;
  readonly waiting: number;
  readonly away: number;
  /** Meetings whose state could not be stored the last time. */
  readonly unstored: number;
}

export const noLoad: LoadCount = { meetings: 0, joined: 0, waiting: 0, away: 0, unstored: 0 };

/** The count of one meeting. */
export function meetingLoad({ joined, waiting, away, unstored }: Census): LoadCount {
  return { meetings: 1, joined, waiting, away, unstored: unstored ? 1 : 0 };
}

/**
 * Adds up counts of several actors. Whoever doesn't answer in time counts as the last time: an actor that is too busy to
 * count is not empty.
 */
export class LoadCounts<R extends object> {
  readonly #last = new WeakMap<R, LoadCount>();
  readonly #uncounted: LoadCount;

  /** `uncounted` is the count of an actor that has never answered. */
  constructor(uncounted: LoadCount) {
    this.#uncounted = uncounted;
  }

  async sum(
    sources: readonly R[],
    count: (source: R) => Promise<Result<LoadCount, string>>,
  ): Promise<LoadCount> {
    const counts = await Promise.all(sources.map(async (source) => {
      const counted = await count(source);
      if (counted.ok) this.#last.set(source, counted.value);
      return this.#last.get(source) ?? this.#uncounted;
    }));
    return counts.reduce(both, noLoad);
  }
}

function both(one: LoadCount, other: LoadCount): LoadCount {
  return {
    meetings: one.meetings + other.meetings,
    joined: one.joined + other.joined,
    waiting: one.waiting + other.waiting,
    away: one.away + other.away,
    unstored: one.unstored + other.unstored,
  };
}
