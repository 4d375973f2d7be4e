/** Below this a microphone hears nothing at all, not even the noise of a quiet room. */
const NOTHING = 0.000_1;
/** So long nothing is heard before it is said. */
const PATIENCE_MS = 8_000;

/** Since when nothing was heard; undefined while something is. */
export type SilentSince = number | undefined;

/** `loudness` is undefined while it can't be measured. */
export function noteLoudness(since: SilentSince, loudness: number | undefined, nowMs: number): SilentSince {
  return loudness === undefined || loudness >= NOTHING ? undefined : since ?? nowMs;
}

export function isSilent(since: SilentSince, nowMs: number): boolean {
  return since !== undefined && nowMs - since >= PATIENCE_MS;
}
