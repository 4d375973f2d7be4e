import { setImmediate } from "node:timers";

/**
 * Keeps work until the end of the event loop's turn, and does it in a row there. Requests that arrive together so take
 * each of their steps together, while its code and data are in the processor's caches: the staging of SEDA (Welsh,
 * Culler, Brewer, SOSP 2001), which with actors needs no more than a common start.
 */
export function endOfTurn(): (work: () => void) => void {
  let waiting: (() => void)[] = [];
  const doAll = () => {
    const all = waiting;
    waiting = [];
    for (const work of all) work();
  };
  return (work) => {
    waiting.push(work);
    if (waiting.length === 1) setImmediate(doAll);
  };
}
