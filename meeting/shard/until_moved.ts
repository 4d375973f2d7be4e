import type { Result } from "../../shared/actor/mod.ts";
import { inTurns } from "../../shared/in_turns.ts";
import type { Migrated } from "../state/migration.ts";

/** How many meetings are handed over at a time. */
const concurrentMoves = 16;
/** A hand-over that nobody takes lasts longer than three seconds. */
const leastMs = 3_500;
/** One that is refused at once would be refused again at once. */
const pauseMs = 1_000;
/** People's requests wait during each try, and the live store, GC or another controller may be away for long. */
const longestPauseMs = 30_000;
/** Whoever asks hears of it within the time. */
const answerMs = 100;

export interface MovingTimes {
  readonly remainingMs: () => number;
  readonly pause: (ms: number) => Promise<void>;
}

/**
 * Has all meetings handed over. Those that stay are handed over again, at a growing distance, for as long as there is the
 * time: another controller may come up. What stays in spite of that goes on until the time is up. Answers how many have
 * moved, and how many have not.
 */
export async function untilMoved<M>(
  meetings: () => readonly M[],
  migrate: (meeting: M) => Promise<Result<Migrated, string>>,
  { remainingMs, pause }: MovingTimes,
): Promise<{ readonly moved: number; readonly stayed: number }> {
  let moved = 0;
  for (let tries = 0;; tries++) {
    const outcomes = await inTurns(meetings(), concurrentMoves, migrate);
    moved += outcomes.filter((outcome) => outcome.ok && outcome.value === "moved").length;
    const stayed = outcomes.filter(stays).length;
    const leftMs = remainingMs() - answerMs;
    if (stayed === 0 || leftMs <= 0) return { moved, stayed };
    if (leftMs <= leastMs) {
      await pause(leftMs);
      return { moved, stayed };
    }
    await pause(Math.min(pauseMs * 2 ** tries, longestPauseMs, leftMs - leastMs));
  }
}

/** Of a meeting that doesn't answer in time nothing is known: it may go on. */
function stays(outcome: Result<Migrated, string>): boolean {
  return outcome.ok
    ? outcome.value === "stayed"
    : outcome.error.code !== "over" && outcome.error.code !== "stopped";
}
