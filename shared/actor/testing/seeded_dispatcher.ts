import type { Dispatcher, Runnable } from "../dispatcher.ts";

/** A dispatcher that can tell whether an actor is ready. */
export interface SeededDispatcher extends Dispatcher {
  readonly idle: boolean;
}

/** Lets one ready actor, picked by `random`, handle one message, then picks again. The same numbers give the same order. */
export function seededDispatcher(random: () => number): SeededDispatcher {
  const ready: Runnable[] = [];
  let scheduled = false;
  const turn = () => {
    scheduled = false;
    const [runnable] = ready.splice(Math.floor(random() * ready.length), 1);
    if (runnable?.run(1)) ready.push(runnable);
    schedule();
  };
  const schedule = () => {
    if (scheduled || ready.length === 0) return;
    scheduled = true;
    queueMicrotask(turn);
  };
  return {
    get idle() {
      return ready.length === 0;
    },
    ready(runnable) {
      ready.push(runnable);
      schedule();
    },
  };
}
