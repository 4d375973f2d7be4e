import { type Evaluator, nextFrame } from "./received_media.ts";

/** The ids of the video tracks that somebody's tile shows. */
export function trackIds(page: Evaluator, name: string): Promise<string[]> {
  return page.evaluate((name) => {
    const video = document.querySelector<HTMLVideoElement>(
      `[data-testid="tile"][data-name="${CSS.escape(name)}"] video`,
    );
    const stream = video?.srcObject;
    return stream instanceof MediaStream ? stream.getVideoTracks().map(({ id }) => id) : [];
  }, name);
}

/** Waits until somebody's tile shows another video track than before. */
export async function otherTrack(page: Evaluator, name: string, before: readonly string[]): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (performance.now() < deadline) {
    const ids = await trackIds(page, name);
    if (ids.some((id) => !before.includes(id))) return;
    // The next look is at the next frame that the page paints.
    await nextFrame(page);
  }
  throw new Error(`${name} still shows what was sent before`);
}
