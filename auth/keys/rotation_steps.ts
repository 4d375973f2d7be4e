import { logger } from "../../shared/log/mod.ts";

/**
 * What a rotation goes through, in this order: the new key is made and sealed; the lock is held; the key before it has
 * got its end; its successor is written; both are committed; whoever signs has been told.
 */
export const ROTATION_STEPS = [
  "key_made",
  "locked",
  "predecessor_dated",
  "successor_written",
  "committed",
  "told",
] as const;

export type RotationStep = typeof ROTATION_STEPS[number];

/** Told of each step before the next begins. */
export type OnStep = (step: RotationStep) => Promise<void>;

/** For fault tests: a rotation stands still for ever at one step and says so in the log, to be killed there. */
export function standStillAt(wanted: RotationStep): OnStep {
  const log = logger("fault");
  return async (step) => {
    if (step !== wanted) return;
    log.warn("a rotation stands still, as DT_FAULT_ROTATION_STEP says", { step });
    await Promise.withResolvers<void>().promise;
  };
}
