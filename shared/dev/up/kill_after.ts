/** From SIGTERM to SIGKILL, in milliseconds: all must be gone 10 s after `up` was told to end. */
export const KILL_AFTER_MS = 8_000;

/**
 * The same for those that the others sign off with: they are told to end when the others have ended, or have had their time.
 * A meeting controller may need all of its drain (`service_environment.ts`).
 */
export function killLastAfterMs(killAfterMs: number): number {
  return killAfterMs * 3 / 8;
}
