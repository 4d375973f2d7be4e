import { assertEquals } from "@std/assert";
import { createLimiter } from "../../shared/limits/gcra.ts";

Deno.test("rate limit › a burst is had in full, whatever the clock's fractions", () => {
  for (let fraction = 0; fraction < 1000; fraction++) {
    const limiter = createLimiter({ count: 1, periodMs: 3_600_000, burst: 3 });
    const now = 1234.567891 + fraction / 997;
    const waits = Array.from({ length: 4 }, () => limiter.take("somebody", now));
    assertEquals([waits.slice(0, 3), Math.round(waits[3] ?? 0)], [[0, 0, 0], 3_600_000]);
  }
});

Deno.test("rate limit › what is used up comes back one by one, for each alone", () => {
  const limiter = createLimiter({ count: 2, periodMs: 1000, burst: 2 });
  const takes = [0, 0, 0, 500, 500, 1000].map((now) => limiter.take("one", now) === 0);
  assertEquals(takes, [true, true, false, true, false, true]);
  assertEquals(limiter.take("another", 0), 0);
});

Deno.test("rate limit › a wait of one second is never a little more, whatever the clock's fractions", () => {
  const waits = Array.from({ length: 10_000 }, (_, index) => {
    const now = 1234.567891 + index * 0.737;
    const limiter = createLimiter({ count: 1, periodMs: 1_000, burst: 1 });
    limiter.take("somebody", now);
    return limiter.take("somebody", now);
  });
  assertEquals(new Set(waits), new Set([1_000]));
});
