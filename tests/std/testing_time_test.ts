import { FakeTime, TimeError } from "@std/testing/time";
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";

const real = { Date, setTimeout, clearTimeout, setInterval, clearInterval };

Deno.test("FakeTime › takes the place of real time and gives it back", () => {
  {
    using time = new FakeTime(9001);
    assertEquals([Date.now(), new Date().getTime(), time.start], [9001, 9001, 9001]);
    assert(setTimeout !== real.setTimeout);
    time.tick(1523);
    assertEquals([Date.now(), time.now], [10_524, 10_524]);
  }
  const { Date: date, setTimeout: set, clearTimeout: clear, setInterval: every, clearInterval: stop } =
    globalThis;
  assertStrictEquals(date, real.Date);
  assertEquals([set, clear, every, stop], [
    real.setTimeout,
    real.clearTimeout,
    real.setInterval,
    real.clearInterval,
  ]);
});

Deno.test("FakeTime › calls timeouts and intervals in the order they are due", () => {
  using time = new FakeTime(0);
  const calls: [string, number][] = [];
  const call = (name: string) => calls.push([name, Date.now()]);
  const interval = setInterval(call, 1000, "every");
  setTimeout(call, 1500, "b");
  setTimeout(call, 500, "a");
  const cancelled = setTimeout(call, 1750, "never");
  time.tick(499);
  assertEquals(calls, []);
  clearTimeout(cancelled);
  time.tick(1501);
  assertEquals(calls, [["a", 500], ["every", 1000], ["b", 1500], ["every", 2000]]);
  clearInterval(interval);
  time.tick(5000);
  assertEquals(calls.length, 4);
});

Deno.test("FakeTime › time stands where a callback threw", () => {
  using time = new FakeTime(0);
  setTimeout(() => {
    throw new Error("broken");
  }, 10);
  assertThrows(() => time.tick(100), Error, "broken");
  assertEquals(time.now, 10);
  assertThrows(() => time.now = 9, RangeError);
});

Deno.test("FakeTime › next and runAll go from timer to timer", () => {
  using time = new FakeTime(0);
  const seen: number[] = [];
  setTimeout(() => {
    seen.push(Date.now());
    setTimeout(() => seen.push(Date.now()), 30);
  }, 20);
  assertEquals([time.next(), seen], [true, [20]]);
  time.runAll();
  assertEquals([seen, time.next()], [[20, 50], false]);
});

Deno.test("FakeTime › the asynchronous moves run the microtasks before", async () => {
  using time = new FakeTime(0);
  const order: string[] = [];
  const work = async () => {
    await Promise.resolve();
    order.push("microtask");
    await new Promise((resolve) => setTimeout(resolve, 100));
    order.push("timer");
    await new Promise((resolve) => setTimeout(resolve, 100));
    order.push("end");
  };
  const done = work();
  await time.tickAsync(99);
  assertEquals(order, ["microtask"]);
  await time.runAllAsync();
  await done;
  assertEquals([order, time.now], [["microtask", "timer", "end"], 200]);
});

Deno.test("FakeTime › restoreFor calls in real time, and fake time goes on after it", async () => {
  using time = new FakeTime(5);
  assertStrictEquals(
    await FakeTime.restoreFor((value: number) => [setTimeout, value][value], 0),
    real.setTimeout,
  );
  await assertRejects(() => FakeTime.restoreFor(() => Promise.reject(new RangeError("x"))), RangeError);
  assertEquals(Date.now(), 5);
  await time.delay(1);
  assertEquals(Date.now(), 5);
  await assertRejects(() => time.delay(60_000, { signal: AbortSignal.abort() }), DOMException);
});

Deno.test("FakeTime › advances by itself with a rate", async () => {
  using time = new FakeTime(0, { advanceRate: 1000, advanceFrequency: 1 });
  await new Promise((resolve) => setTimeout(resolve, 5000));
  assertEquals(time.now >= 5000, true);
});

Deno.test("FakeTime › a TimeError for what can't be", async () => {
  assertThrows(() => FakeTime.restore(), TimeError);
  await assertRejects(() => FakeTime.restoreFor(() => 1), TimeError);
  assertThrows(() => new FakeTime("no date"), TimeError);
  const time = new FakeTime();
  time.restore();
  assertThrows(() => time.restore(), TimeError);
});
