import { setImmediate } from "node:timers";

/** More than these would push one another's data out of the processor's caches. */
const AT_ONCE = 64;

/** Those who go on together. */
interface Batch {
  readonly begun: Promise<void>;
  readonly begin: () => void;
  size: number;
}

/**
 * Makes a gate behind which those who came in one turn of the event loop go on together at its end; of a crowd the
 * first 64, and the next in the next turn. Requests that arrive together so take each of their steps together, while
 * its code and data are in the processor's caches: the staging of SEDA (Welsh, Culler, Brewer, SOSP 2001), which with
 * actors needs no more than a common start. Who waits goes on in their own asynchronous context, and so in their trace.
 */
export function endOfTurn(): () => Promise<void> {
  const waiting: Batch[] = [];
  const beginNext = () => {
    const next = waiting.shift();
    if (waiting.length > 0) setImmediate(beginNext);
    next?.begin();
  };
  return () => {
    let last = waiting.at(-1);
    if (last === undefined || last.size === AT_ONCE) {
      const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
      last = { begun, begin, size: 0 };
      waiting.push(last);
      if (waiting.length === 1) setImmediate(beginNext);
    }
    last.size++;
    return last.begun;
  };
}
