import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { systemClock } from "../../shared/client/clock.ts";

Deno.test("client's clock › calls back once, after its time, unless it is cancelled", () => {
  using time = new FakeTime(1_000);
  const fired: string[] = [];
  systemClock.after(500, () => fired.push(`kept at ${systemClock.now()}`));
  const cancel = systemClock.after(400, () => fired.push("cancelled"));
  time.tick(399);
  cancel();
  assertEquals(fired, []);
  time.tick(10_000);
  assertEquals(fired, ["kept at 1500"]);
});
