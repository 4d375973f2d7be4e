import { assertEquals } from "@std/assert";
import { RecentMap } from "../shared/recent_map.ts";

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

Deno.test("recent map › as many as it has room for are remembered, however often they are used in turn", () => {
  const map = new RecentMap<number, number>(10);
  for (const key of numbers(0, 10)) map.set(key, key);
  for (let round = 0; round < 5; round++) {
    assertEquals(numbers(0, 10).map((key) => map.get(key)), numbers(0, 10));
  }
});

Deno.test("recent map › of a thousand the last ten are there, and of those before the last twenty none", () => {
  const map = new RecentMap<number, number>(10);
  for (const key of numbers(0, 1000)) map.set(key, key);
  // The oldest first: to ask for what is not there moves nothing.
  assertEquals(numbers(0, 980).filter((key) => map.get(key) !== undefined), []);
  assertEquals(numbers(990, 1000).map((key) => map.get(key)), numbers(990, 1000));
});

Deno.test("recent map › what is used all the time stays", () => {
  const map = new RecentMap<number, number>(2);
  map.set(-1, -1);
  for (const key of numbers(0, 100)) {
    map.set(key, key);
    assertEquals(map.get(-1), -1);
  }
});

Deno.test("recent map › a value that was replaced or deleted doesn't come back", () => {
  const map = new RecentMap<string, number>(1);
  map.set("a", 1);
  map.set("b", 1);
  map.set("a", 2);
  map.set("b", 2);
  assertEquals(map.get("a"), 2);
  map.delete("a");
  assertEquals([map.get("a"), map.get("b")], [undefined, 2]);
});
