import { assertEquals, assertRejects } from "@std/assert";
import { sharedCheck } from "../../shared/service/mod.ts";

/** A check that ends when the test says, at a time that the test says. */
function checked() {
  let nowMs = 5_000;
  let checks = 0;
  let next = Promise.withResolvers<string>();
  const check = sharedCheck(() => {
    checks++;
    return next.promise;
  }, () => nowMs);
  return {
    check,
    checks: () => checks,
    pass: (milliseconds: number) => void (nowMs += milliseconds),
    async end(result: string | Error) {
      const { promise, resolve, reject } = next;
      next = Promise.withResolvers();
      if (typeof result === "string") resolve(result);
      else reject(result);
      await promise.catch(() => {});
    },
  };
}

Deno.test("shared check › who asks while it is under way, or within a second of its end, is told the same", async () => {
  const { check, checks, pass, end } = checked();
  const asked = Array.from({ length: 1_000 }, () => check());
  pass(60_000);
  asked.push(check());
  await end("full");
  assertEquals(new Set(await Promise.all(asked)), new Set(["full"]));
  pass(999);
  assertEquals([await check(), checks()], ["full", 1]);
  pass(1);
  const anew = check();
  await end("well");
  assertEquals([await anew, checks()], ["well", 2]);
});

Deno.test("shared check › one that fails is done again, and so is one of a time to come", async () => {
  const { check, checks, pass, end } = checked();
  const failing = [check(), check()];
  const rejected = failing.map((one) => assertRejects(() => one, Error, "a bug"));
  await end(new Error("a bug"));
  await Promise.all(rejected);
  const second = check();
  await end("well");
  assertEquals([await second, checks()], ["well", 2]);
  pass(-1);
  const third = check();
  await end("well");
  assertEquals([await third, checks()], ["well", 3]);
});
