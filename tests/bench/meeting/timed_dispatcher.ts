import type { Dispatcher, Runnable } from "../../../shared/actor/dispatcher.ts";

/** A dispatcher that knows how long the actors of some types have run. */
export interface TimedDispatcher extends Dispatcher {
  readonly isIdle: boolean;
  /** From when the first actor began, after `restart`, until the last one was done, without the other types' turns. */
  readonly ownMs: number;
  /** The longest time without a pause that one of these actors took. */
  readonly longestMs: number;
  restart(): void;
}

/**
 * Lets ready actors run in turn, and counts the time of all but the types in `others`: their turns, what these await, and
 * the mailboxes between them.
 */
export function timedDispatcher(others: ReadonlySet<string>): TimedDispatcher {
  let queue: Runnable[] = [];
  let isScheduled = false;
  let begunMs: number | null = null;
  let endedMs = 0;
  let othersMs = 0;
  let longestMs = 0;
  const flush = () => {
    isScheduled = false;
    const now = queue;
    queue = [];
    for (const runnable of now) {
      const startMs = performance.now();
      begunMs ??= startMs;
      if (runnable.run(64)) ready(runnable);
      endedMs = performance.now();
      if (others.has(typeOf(runnable))) othersMs += endedMs - startMs;
      else longestMs = Math.max(longestMs, endedMs - startMs);
    }
  };
  const ready = (runnable: Runnable) => {
    queue.push(runnable);
    if (isScheduled) return;
    isScheduled = true;
    queueMicrotask(flush);
  };
  return {
    ready,
    get isIdle() {
      return queue.length === 0;
    },
    get ownMs() {
      return begunMs === null ? 0 : endedMs - begunMs - othersMs;
    },
    get longestMs() {
      return longestMs;
    },
    restart() {
      begunMs = null;
      othersMs = 0;
      longestMs = 0;
    },
  };
}

/** The type of the actor behind a cell. */
function typeOf(runnable: Runnable): string {
  return "type" in runnable ? String(runnable.type) : "";
}
