import type { Clock } from "../../actor/clock.ts";
import type { MediaTransports } from "./media_transports.ts";

export interface Rebuilder {
  /** These can't be repaired. Nothing happens where others have taken their place. */
  rebuild(failed: MediaTransports): void;
  /** Whether these can't be repaired: then a resume is for fresh ones. */
  isBroken(transports: MediaTransports): boolean;
  stop(): void;
}

interface Options {
  readonly clock: Clock;
  /** The transports in use. */
  readonly inUse: () => MediaTransports | undefined;
  /** Resumes, which brings fresh transports. */
  readonly resume: () => void;
  /** It is too early for another resume. */
  readonly onPutOff: () => void;
}

const INTERVAL_MS = 5_000;

/** Rebuilds broken transports by a resume, at most every five seconds. */
export function createRebuilder({ clock, inUse, resume, onPutOff }: Options): Rebuilder {
  let broken: MediaTransports | undefined;
  let rebuiltAt = -Infinity;
  let cancelPutOff = () => {};

  function rebuild(failed: MediaTransports): void {
    if (failed !== inUse()) return;
    broken = failed;
    const now = clock.now();
    cancelPutOff();
    if (now - rebuiltAt < INTERVAL_MS) {
      cancelPutOff = clock.set(() => rebuild(failed), rebuiltAt + INTERVAL_MS - now);
      return onPutOff();
    }
    rebuiltAt = now;
    resume();
  }

  return {
    rebuild,
    isBroken: (transports) => transports === broken,
    stop: () => cancelPutOff(),
  };
}
