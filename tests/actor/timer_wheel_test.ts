import { assertEquals } from "@std/assert";
import { TimerWheel, WheelEntry } from "../../shared/actor/timer_wheel.ts";
import { virtualClock } from "../../shared/actor/testing/virtual_clock.ts";

class Entry extends WheelEntry {
  constructor(readonly fire: () => void) {
    super();
  }
}

Deno.test("timer wheel › a timer is on time although one that fires before it sets a later one", () => {
  const clock = virtualClock();
  const wheel = new TimerWheel(clock);
  const firedAt: number[] = [];
  const note = () => void firedAt.push(clock.now());
  wheel.add(new Entry(note), 3_000);
  wheel.add(
    new Entry(() => {
      note();
      wheel.add(new Entry(note), 6_000);
    }),
    1_000,
  );
  while (clock.step(10_000));
  assertEquals(firedAt, [1_000, 3_000, 6_000]);
});
