import { assertEquals } from "@std/assert";
import { pageOf } from "../../shared/http/mod.ts";

const cursorOf = (last: number) => `after ${last}`;

Deno.test("page › a row beyond the limit is left for the next page, which begins after the last item", () => {
  assertEquals(pageOf([1, 2, 3], 2, cursorOf), { items: [1, 2], next_cursor: "after 2" });
});

Deno.test("page › the last one has no next, be it full or empty", () => {
  assertEquals(pageOf([1, 2], 2, cursorOf), { items: [1, 2], next_cursor: null });
  assertEquals(pageOf([], 2, cursorOf), { items: [], next_cursor: null });
});
