import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { wallClock } from "../../shared/actor/clock.ts";

Deno.test("client's clock › calls back once, after its time, unless it is cancelled", () => {
  using time = new FakeTime(1_000);
  const fired: string[] = [];
  const clock = wallClock();
  clock.set(() => fired.push(`kept at ${clock.now()}`), 500);
  const cancel = clock.set(() => fired.push("cancelled"), 400);
  time.tick(399);
  cancel();
  assertEquals(fired, []);
  time.tick(10_000);
  assertEquals(fired, ["kept at 1500"]);
});
