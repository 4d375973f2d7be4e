import type { MediaSource, SourceState } from "../../shared/protocol/mod.ts";

/**
 * Whether a client that comes back has a source paused, by its word. A source that it doesn't name is paused, or stays as
 * it was where the client keeps its media.
 */
export function saidPaused(
  said: readonly SourceState[],
  source: MediaSource,
  { wasPaused, keeps }: { readonly wasPaused: boolean; readonly keeps: boolean },
): boolean {
  return said.find((one) => one.source === source)?.paused ?? (!keeps || wasPaused);
}
