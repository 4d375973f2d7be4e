import { assertEquals } from "@std/assert";
import { isHeld, noteFrames, type Progress } from "../../../global/web/held_picture.ts";

Deno.test("held picture › it is said after four seconds without a new frame, also when none ever came", () => {
  const after = (frames: readonly number[]) => {
    let progress: Progress = { frames: 0, sinceMs: 0 };
    frames.forEach((count, second) => progress = noteFrames(progress, count, second * 1_000));
    return isHeld(progress, (frames.length - 1) * 1_000);
  };
  assertEquals(after([0, 0, 0, 0, 0]), true);
  assertEquals(after([0, 0, 0, 0]), false);
  assertEquals(after([5, 9, 9, 9, 9, 9]), true);
  assertEquals(after([5, 9, 9, 9, 9, 10]), false);
});
