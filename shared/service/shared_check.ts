/** So long, in milliseconds, a check's result is told to whoever asks. */
const KEEP_MS = 1_000;

interface Told<T> {
  readonly result: Promise<T>;
  /** When the check ended; `undefined` while it is under way. */
  endedAt: number | undefined;
}

/**
 * A check that costs something, for any number of askers: those who ask while it is under way wait for its result, and
 * those who ask within a second of its end are told the same. A check that rejects is done again. `now` is in milliseconds;
 * a clock that was set back ends the second.
 */
export function sharedCheck<T>(check: () => Promise<T>, now: () => number): () => Promise<T> {
  let last: Told<T> | undefined;
  const isGood = ({ endedAt }: Told<T>) => {
    if (endedAt === undefined) return true;
    const ageMs = now() - endedAt;
    return ageMs >= 0 && ageMs < KEEP_MS;
  };
  return () => {
    if (last !== undefined && isGood(last)) return last.result;
    const told: Told<T> = { result: check(), endedAt: undefined };
    last = told;
    told.result.then(() => told.endedAt = now(), () => last = undefined);
    return told.result;
  };
}
