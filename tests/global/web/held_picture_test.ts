import { assertEquals } from "@std/assert";
import { isHeld, noteFrames, type Progress } from "../../../global/web/held_picture.ts";

/** Whether a video is held whose frames are counted once a second. */
function isHeldAfter(frames: readonly number[], { videoWidth = 640, paused = false } = {}): boolean {
  let progress: Progress = { frames: 0, sinceMs: 0 };
  for (const [second, totalVideoFrames] of frames.entries()) {
    const video = { paused, videoWidth, getVideoPlaybackQuality: () => ({ totalVideoFrames }) };
    progress = noteFrames(progress, video, second * 1_000);
  }
  return isHeld(progress, (frames.length - 1) * 1_000);
}

Deno.test("held picture › it is said after four seconds without a new frame, also when none ever came", () => {
  assertEquals(isHeldAfter([0, 0, 0, 0, 0], { videoWidth: 0 }), true);
  assertEquals(isHeldAfter([0, 0, 0, 0], { videoWidth: 0 }), false);
  assertEquals(isHeldAfter([5, 9, 9, 9, 9, 9]), true);
  assertEquals(isHeldAfter([5, 9, 9, 9, 9, 10]), false);
});

Deno.test("held picture › it is not said of a picture whose frames the browser doesn't count", () => {
  assertEquals(isHeldAfter([0, 0, 0, 0, 0, 0]), false);
});

Deno.test("held picture › it is not said of one that the browser doesn't play", () => {
  assertEquals(isHeldAfter([9, 9, 9, 9, 9, 9], { paused: true }), false);
});
