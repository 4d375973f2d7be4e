/** From SIGTERM to SIGKILL, in milliseconds: all must be gone 10 s after `up` was told to end. */
export const KILL_AFTER_MS = 8_000;

/**
 * The same for those that the others sign off with, since they are told to end after half the time. Their drain
 * (`service_environment.ts`) is shorter.
 */
export function killLastAfterMs(killAfterMs: number): number {
  return killAfterMs / 2;
}
