import { setImmediate } from "node:timers";

/** The most requests that go on together. More would push one another's data out of the processor's caches. */
const AT_ONCE = 64;

/** The requests that go on together. */
interface Batch {
  readonly begun: Promise<void>;
  readonly begin: () => void;
  size: number;
}

/**
 * Makes a gate that lets the requests of one turn of the event loop go on together at the end of the turn: at most 64,
 * and the next 64 in the next turn. Requests that arrive together then take each step together, while the step's code
 * and data are in the processor's caches. This is the staging of SEDA (Welsh, Culler, Brewer, SOSP 2001), which with
 * actors only needs a common start. Each request goes on in its own asynchronous context, and so in its own trace.
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
