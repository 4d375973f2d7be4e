import { assertEquals } from "@std/assert";
import { isSilent, noteLoudness, type SilentSince } from "../../../global/web/meeting/silence.ts";

Deno.test("silence › it is said after eight seconds of nothing, and not of a quiet room or what can't be measured", () => {
  const after = (loudness: readonly (number | undefined)[]) => {
    let since: SilentSince;
    loudness.forEach((value, second) => since = noteLoudness(since, value, second * 1_000));
    return isSilent(since, (loudness.length - 1) * 1_000);
  };
  assertEquals(after(Array(9).fill(0)), true);
  assertEquals(after(Array(8).fill(0)), false);
  assertEquals(after([undefined, 0, 0, undefined, 0, 0, 0, 0, 0, 0, 0]), false);
  assertEquals(
    after([0, 0, 0, 0, 0.001, ...Array(20).fill(0)]),
    false,
    "it was heard, and is cut off by its gate",
  );
  assertEquals(after(Array(9).fill(0.001)), false);
  assertEquals(after(Array(20).fill(undefined)), false);
});
