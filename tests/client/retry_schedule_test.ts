import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { retrySchedule } from "../../shared/client/retry_schedule.ts";

const LOST_AT = 1_000_000;

/** When attempts fall after the loss, each of which takes `attemptMs`. */
function attempts(random: () => number, attemptMs = 0): number[] {
  const retries = retrySchedule(LOST_AT, 30_000, random);
  const times: number[] = [];
  let now = LOST_AT;
  for (let wait = retries.next(now); wait !== undefined; wait = retries.next(now)) {
    now += wait;
    times.push(Math.round(now - LOST_AT));
    now += attemptMs;
  }
  return times;
}

Deno.test("retries › soon after the loss, then every 5 s, the last at the end of the 30 s", () => {
  assertEquals(attempts(() => 0.5), [
    0,
    300,
    1_200,
    2_700,
    4_800,
    9_800,
    14_800,
    19_800,
    24_800,
    29_800,
    30_000,
  ]);
});

Deno.test("retries › each is within a fifth of its time, whatever the chance", () => {
  const wanted = [0, 300, 1_200, 2_700, 4_800, 9_800];
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 6 }), (chances) => {
      let index = 0;
      const times = attempts(() => chances[index++ % chances.length] ?? 0);
      for (const [number, time] of wanted.entries()) {
        const found = times[number];
        assert(
          found !== undefined && Math.abs(found - time) <= time * 0.2 + 1,
          `${found} is not near ${time}`,
        );
      }
    }),
  );
});

Deno.test("retries › an attempt that took long is followed by the next time, not by all that passed", () => {
  assertEquals(attempts(() => 0.5, 2_000).slice(0, 4), [0, 2_700, 4_800, 9_800]);
});

Deno.test("retries › the first is made also by a page that has slept past the end", () => {
  const retries = retrySchedule(LOST_AT, 30_000, () => 0.5);
  assertEquals([retries.next(LOST_AT + 60_000), retries.next(LOST_AT + 64_800)], [4_800, undefined]);
});

Deno.test("retries › a server's own wait is kept, up to the end", () => {
  const retries = retrySchedule(LOST_AT, 30_000, () => 0.5);
  assertEquals(retries.next(LOST_AT), 0);
  assertEquals(retries.after(1_000, LOST_AT + 10), 1_000);
  assertEquals(retries.next(LOST_AT + 1_010), 190);
  assertEquals(retries.after(60_000, LOST_AT + 29_000), 1_000);
  assertEquals(retries.after(1_000, LOST_AT + 30_000), undefined);
});
