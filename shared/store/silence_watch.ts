import { type Clock, systemClock } from "../actor/mod.ts";

/** Watches over one query: `giveUp` is called if its server answers nobody. Answers what ends the watch. */
export type SilenceWatch = (giveUp: () => void) => () => void;

/** A query without an answer for this long has its server asked whether it answers anybody, again and again. */
const SILENCE_MS = 3_000;

/**
 * A watch over all queries of one server. A question is a connection outside of the pool, so there is one at a time, and
 * it counts for every query that is silent by then. `answers` never rejects.
 */
export function silenceWatch(
  answers: () => Promise<boolean>,
  clock: Clock = systemClock(),
): SilenceWatch {
  const silent = new Set<() => void>();
  let isAsking = false;
  let cancelNext = () => {};

  async function ask(): Promise<void> {
    if (isAsking) return;
    isAsking = true;
    cancelNext();
    const isAlive = await answers();
    isAsking = false;
    // Whoever got an answer meanwhile has left: the connection may be somebody else's by now.
    if (!isAlive) { for (const giveUp of silent) giveUp(); }
    else if (silent.size > 0) cancelNext = clock.set(ask, SILENCE_MS);
  }

  return (giveUp) => {
    // Of one connection's queries each has an entry of its own.
    const entry = () => giveUp();
    const cancelFirst = clock.set(() => {
      silent.add(entry);
      void ask();
    }, SILENCE_MS);
    return () => {
      cancelFirst();
      silent.delete(entry);
      if (silent.size === 0) cancelNext();
    };
  };
}
