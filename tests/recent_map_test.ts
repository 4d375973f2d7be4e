import { assert, assertEquals } from "@std/assert";
import { RecentMap } from "../shared/recent_map.ts";

Deno.test("recent map › of too many entries those used longest ago are forgotten", () => {
  const map = new RecentMap<string, number>(4);
  for (const [value, key] of ["a", "b", "c", "d"].entries()) map.set(key, value);
  assertEquals(map.get("a"), 0);
  map.set("e", 4);
  assertEquals(["a", "b", "e"].map((key) => map.get(key)), [0, undefined, 4]);
});

Deno.test("recent map › never has more than it may, and what is used all the time stays", () => {
  const map = new RecentMap<number, number>(10);
  map.set(-1, -1);
  for (let key = 0; key < 1000; key++) {
    map.set(key, key);
    assertEquals(map.get(-1), -1);
    assertEquals(map.get(key), key);
  }
  let kept = 0;
  // From the last on: to ask for one makes it the youngest.
  for (let key = 999; key >= 0; key--) if (map.get(key) !== undefined) kept++;
  assert(kept >= 4 && kept <= 10, `${kept} are kept`);
});

Deno.test("recent map › a value that was replaced or deleted doesn't come back", () => {
  const map = new RecentMap<string, number>(2);
  map.set("a", 1);
  map.set("b", 1);
  map.set("a", 2);
  map.set("b", 2);
  assertEquals(map.get("a"), 2);
  map.delete("a");
  assertEquals([map.get("a"), map.get("b")], [undefined, 2]);
});
