/** So long a picture may stand still before that is said. */
const PATIENCE_MS = 4_000;
const LOOK_MS = 500;

/** How many pictures came, and since when it is that many. */
export interface Progress {
  frames: number;
  sinceMs: number;
}

export function noteFrames(before: Progress, frames: number, nowMs: number): Progress {
  return frames === before.frames ? before : { frames, sinceMs: nowMs };
}

/** Whether nothing comes any more, or nothing ever came. */
export function isHeld({ sinceMs }: Progress, nowMs: number): boolean {
  return nowMs - sinceMs >= PATIENCE_MS;
}

/**
 * Tells whether a video stands still, until the answer is called. One of a hidden page isn't judged, nor one that the
 * browser doesn't play yet: nothing is drawn.
 */
export function watchHeld(video: HTMLVideoElement, tell: (isHeld: boolean) => void): () => void {
  let progress: Progress = { frames: 0, sinceMs: performance.now() };
  const timer = setInterval(() => {
    const now = performance.now();
    const frames = video.getVideoPlaybackQuality().totalVideoFrames;
    progress = document.hidden || video.paused ? { frames, sinceMs: now } : noteFrames(progress, frames, now);
    tell(isHeld(progress, now));
  }, LOOK_MS);
  return () => clearInterval(timer);
}
