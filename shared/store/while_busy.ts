import { isBusy } from "./is_busy.ts";

/** How long SQLite itself waits for another process's write, in milliseconds. The isolate is blocked meanwhile. */
export const BLOCKING_WAIT_MS = 20;
/** The pause between two such waits, in which the isolate does other work. */
const PAUSE_MS = 5;

/**
 * Runs an action, again and again while another connection holds the database, up to about `timeoutMs`.
 * `blockingWaitMs` is how long this database's connection waits by itself.
 *
 * @throws what the action throws, SQLite's "database is locked" when the time is over
 */
export async function whileBusy<T>(
  timeoutMs: number,
  action: () => T,
  blockingWaitMs: number = BLOCKING_WAIT_MS,
): Promise<T> {
  const attempts = Math.max(1, Math.ceil(timeoutMs / (blockingWaitMs + PAUSE_MS)));
  for (let attempt = 1;; attempt++) {
    try {
      return action();
    } catch (error) {
      if (!isBusy(error) || attempt >= attempts) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
