import { assertEquals } from "@std/assert";
import { wav, y4m } from "./media_files.ts";

const red = { rgb: [200, 40, 40], toneHz: 440 } as const;

Deno.test("media files › the video has whole frames of 4:2:0 in the size that its header names", () => {
  const file = y4m(red);
  const end = file.indexOf(10);
  const header = new TextDecoder().decode(file.subarray(0, end));
  assertEquals(header, "YUV4MPEG2 W320 H180 F15:1 Ip A1:1 C420jpeg");
  assertEquals((file.length - end - 1) % ("FRAME\n".length + 320 * 180 * 3 / 2), 0);
});

Deno.test("media files › two frames differ, so that a frozen picture is noticed", () => {
  const file = y4m(red);
  const start = file.indexOf(10) + 1;
  const frameBytes = "FRAME\n".length + 320 * 180 * 3 / 2;
  const first = file.subarray(start, start + frameBytes);
  const second = file.subarray(start + frameBytes, start + 2 * frameBytes);
  assertEquals(first.every((byte, index) => byte === second[index]), false);
});

Deno.test("media files › the sound is a second of the tone", () => {
  const file = wav(red);
  const view = new DataView(file.buffer);
  assertEquals(view.getUint32(4, true), file.length - 8);
  assertEquals(view.getUint32(40, true), 96_000);
  let risingZeroCrossings = 0;
  for (let index = 1; index < 48_000; index++) {
    const before = view.getInt16(44 + (index - 1) * 2, true);
    if (before < 0 && view.getInt16(44 + index * 2, true) >= 0) risingZeroCrossings++;
  }
  // The first period starts at zero and so has no crossing from below.
  assertEquals(risingZeroCrossings, 439);
});
