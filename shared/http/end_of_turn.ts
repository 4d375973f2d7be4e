import { setImmediate } from "node:timers";

/** More than these would push one another's data out of the processor's caches. */
const AT_ONCE = 64;

/**
 * Keeps work until the end of the event loop's turn, and does it in a row there. Requests that arrive together so take
 * each of their steps together, while its code and data are in the processor's caches: the staging of SEDA (Welsh,
 * Culler, Brewer, SOSP 2001), which with actors needs no more than a common start.
 */
export function endOfTurn(): (work: () => void) => void {
  let waiting: (() => void)[] = [];
  const doNext = () => {
    const next = waiting;
    waiting = next.length > AT_ONCE ? next.splice(AT_ONCE) : [];
    if (waiting.length > 0) setImmediate(doNext);
    for (const work of next) work();
  };
  return (work) => {
    waiting.push(work);
    if (waiting.length === 1) setImmediate(doNext);
  };
}
