/** So long a picture may stand still before that is said. */
const PATIENCE_MS = 4_000;
const LOOK_MS = 500;

/** How many pictures came, and since when it is that many. */
export interface Progress {
  frames: number;
  sinceMs: number;
}

/** What is looked at of a video. */
interface Played {
  readonly paused: boolean;
  readonly videoWidth: number;
  getVideoPlaybackQuality(): { readonly totalVideoFrames: number };
}

/**
 * One that the browser doesn't play yet isn't judged, nor one whose frames it doesn't count: Firefox, and Safari before
 * 2026, count none of a stream, although there is a picture.
 */
export function noteFrames(before: Progress, video: Played, nowMs: number): Progress {
  const frames = video.getVideoPlaybackQuality().totalVideoFrames;
  const isUncounted = frames === 0 && video.videoWidth > 0;
  return frames === before.frames && !video.paused && !isUncounted ? before : { frames, sinceMs: nowMs };
}

/** Whether nothing comes any more, or nothing ever came. */
export function isHeld({ sinceMs }: Progress, nowMs: number): boolean {
  return nowMs - sinceMs >= PATIENCE_MS;
}

/** Tells whether a video stands still, until the answer is called. One of a hidden page isn't judged: nothing is drawn. */
export function watchHeld(video: HTMLVideoElement, tell: (isHeld: boolean) => void): () => void {
  let progress: Progress = { frames: 0, sinceMs: performance.now() };
  const timer = setInterval(() => {
    const now = performance.now();
    progress = noteFrames(progress, video, now);
    if (document.hidden) progress = { ...progress, sinceMs: now };
    tell(isHeld(progress, now));
  }, LOOK_MS);
  return () => clearInterval(timer);
}
