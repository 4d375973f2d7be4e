import { assertEquals, assertMatch } from "@std/assert";
import { uuidV7, uuidV7Source, uuidV7Start } from "../shared/uuid_v7.ts";

Deno.test("uuid v7 › begins with its time, and says version and variant", () => {
  assertMatch(uuidV7(0x0123456789ab), /^01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assertMatch(uuidV7(1), /^00000000-0001-7/);
});

Deno.test("uuid v7 › of one source and one millisecond: in the order of their making, and no two the same", () => {
  const next = uuidV7Source();
  const ids = Array.from({ length: 4000 }, (_, index) => next(1_000_000 + Math.floor(index / 2000)));
  assertEquals(ids, ids.toSorted());
  assertEquals(new Set(ids).size, ids.length);
});

Deno.test("uuid v7 › more than a millisecond holds are still ids of that millisecond", () => {
  const next = uuidV7Source();
  const ids = Array.from({ length: 5000 }, () => next(7));
  assertEquals(new Set(ids).size, ids.length);
  assertEquals(ids.every((id) => id.startsWith("00000000-0007-7")), true);
});

Deno.test("uuid v7 › how a time begins is before all of its ids and after all earlier ones", () => {
  const at = 1_795_000_000_000;
  for (const [time, isBefore] of [[at - 1, true], [at, false], [at + 1, false]] as const) {
    assertEquals(uuidV7(time) < uuidV7Start(at), isBefore);
  }
  assertEquals(uuidV7Start(0), "00000000-0000");
});
