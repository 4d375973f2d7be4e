import { setImmediate } from "node:timers";

/** Something with messages to handle. */
export interface Runnable {
  /** Handles up to `batch` messages; true when there is more to do at once. */
  run(batch: number): boolean;
}

/** Decides which ready actor runs next. */
export interface Dispatcher {
  ready(runnable: Runnable): void;
}

const batch = 64;
const turnsBeforeYield = 256;

/**
 * Runs ready actors in turn, each for a batch of messages, within the microtask queue. After many turns it waits for one
 * round of the event loop, so that a busy actor starves neither timers nor sockets.
 */
export function fairDispatcher(): Dispatcher {
  let queue: Runnable[] = [];
  let spare: Runnable[] = [];
  let scheduled = false;
  let turns = 0;

  const flush = () => {
    scheduled = false;
    const now = queue;
    queue = spare;
    for (let i = 0; i < now.length; i++) {
      const runnable = now[i];
      if (runnable?.run(batch)) queue.push(runnable);
    }
    turns += now.length;
    now.length = 0;
    spare = now;
    if (queue.length > 0) schedule();
  };
  const schedule = () => {
    if (scheduled) return;
    scheduled = true;
    if (turns > turnsBeforeYield) {
      turns = 0;
      setImmediate(flush);
    } else queueMicrotask(flush);
  };
  return {
    ready(runnable) {
      queue.push(runnable);
      schedule();
    },
  };
}
