import { assertEquals } from "@std/assert";
import { parseRequest } from "../../shared/protocol/mod.ts";
import { nestsTooDeep } from "../../shared/protocol/signaling/nests_too_deep.ts";

const filler = `"${"x".repeat(2_000)}"`;
const nested = (levels: number) => `${"[".repeat(levels)}${filler}${"]".repeat(levels)}`;

Deno.test("nesting › up to 32 levels are taken, one more is not", () => {
  assertEquals(nestsTooDeep(nested(32)), false);
  assertEquals(nestsTooDeep(nested(33)), true);
  assertEquals(nestsTooDeep(`{"a":${nested(32)}}`), true);
});

Deno.test("nesting › brackets in texts, and one after the other, don't count", () => {
  assertEquals(nestsTooDeep(JSON.stringify(["[".repeat(2_000), '\\"[{"'.repeat(500)])), false);
  assertEquals(nestsTooDeep(`[${"[],{},".repeat(500)}0]`), false);
});

Deno.test("nesting › a request that nests too deep is refused by its id, without being parsed", () => {
  const deep = nested(40);
  for (const frame of [`{"id":7,"type":"join","data":${deep}}`, `{"data":${deep},"id":7,"type":"join"}`]) {
    const parsed = parseRequest(frame);
    assertEquals(parsed.kind === "refuse" ? [parsed.id, parsed.error.code] : parsed, [7, "INVALID_REQUEST"]);
  }
  assertEquals(parseRequest(nested(40)).kind, "close");
});
