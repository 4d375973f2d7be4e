import { assertEquals } from "@std/assert";
import { backoffMs } from "../shared/backoff.ts";

const limits = { firstMs: 100, longestMs: 5_000 };

Deno.test("back-off › doubles with each failure, up to the longest pause", () => {
  const longest = { ...limits, random: () => 1 };
  assertEquals([1, 2, 3, 6, 7, 5_000].map((failures) => backoffMs(failures, longest)), [
    100,
    200,
    400,
    3_200,
    5_000,
    5_000,
  ]);
});

Deno.test("back-off › is spread over the upper half of each pause", () => {
  assertEquals(backoffMs(2, { ...limits, random: () => 0 }), 100);
  assertEquals(backoffMs(2, { ...limits, random: () => 0.5 }), 150);
});
