import { assertEquals } from "@std/assert";
import { except } from "./except.ts";

const found = (...paths: string[]) => paths.map((path) => ({ path, text: `${path} is wrong` }));

Deno.test("house › a violation that is no exception is found", () => {
  assertEquals(except(found("a.ts", "b.ts"), { "a.ts": 1 }), ["b.ts is wrong"]);
  assertEquals(except(found("a.ts", "a.ts"), { "a.ts": 1 }), ["a.ts is wrong", "a.ts is wrong"]);
});

Deno.test("house › the list of exceptions may only shrink", () => {
  assertEquals(except([], { "a.ts": 1 }), ["a.ts has 0 left: take it out of exceptions.ts"]);
  assertEquals(except(found("a.ts"), { "a.ts": 2 }), ["a.ts has 1 left: lower its number in exceptions.ts"]);
});

Deno.test("house › what is known, and no more, is excepted", () => {
  assertEquals(except(found("a.ts", "b.ts", "a.ts"), { "a.ts": 2, "b.ts": 1 }), []);
  assertEquals(except([], {}), []);
});
