/** Below this a microphone hears nothing at all, not even the noise of a quiet room. */
const NOTHING = 0.000_1;
/** So long nothing is heard before it is said. */
const PATIENCE_MS = 8_000;

/**
 * Since when nothing was heard; undefined while that can't be said. One that has been heard works: some are cut off by
 * their own gate between two sentences, and hear nothing then.
 */
export type SilentSince = number | "heard" | undefined;

/** `loudness` is undefined while it can't be measured. */
export function noteLoudness(since: SilentSince, loudness: number | undefined, nowMs: number): SilentSince {
  if (since === "heard") return since;
  if (loudness === undefined) return undefined;
  return loudness >= NOTHING ? "heard" : since ?? nowMs;
}

export function isSilent(since: SilentSince, nowMs: number): boolean {
  return typeof since === "number" && nowMs - since >= PATIENCE_MS;
}
