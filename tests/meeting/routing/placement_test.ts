import { assertEquals } from "@std/assert";
import { nothingThere } from "../../../meeting/routing/actual.ts";
import {
  type HandlerSearch,
  type HandlerStanding,
  newStanding,
} from "../../../meeting/routing/handler_standing.ts";
import { type Place, placeFor, refugeFrom } from "../../../meeting/routing/placement.ts";

/** A lease of two handlers, each with a router if it is open. */
function places(
  first: Partial<HandlerStanding>,
  second: Partial<HandlerStanding>,
  search: HandlerSearch = "open",
) {
  const handlers = new Map([
    ["one", { ...newStanding(null), ...first }],
    ["two", { ...newStanding(null), ...second }],
  ]);
  const open = [...handlers].filter(([, { state }]) => state === "open");
  const actual = { ...nothingThere(), routers: new Map(open.map(([id]) => [`router ${id}`, id])) };
  return { handlers, actual, fullRouters: new Set<string>(), isAdopting: false, search };
}

const routerOf = (id: string): Place => ({ kind: "router", routerId: `router ${id}` });
const draining = { state: "open", isDraining: true } as const;

Deno.test("placement › a handler that ends soon is the last resort", () => {
  assertEquals(placeFor(places(draining, { state: "open" }), null), routerOf("two"));
  assertEquals(placeFor(places(draining, { state: "closed" }), null), { kind: "handler", handlerId: "two" });
  assertEquals(placeFor(places(draining, { state: "gone" }), null), routerOf("one"));
});

Deno.test("placement › a handler whose link was lost just now is waited for, one that is overdue is not", () => {
  for (const state of ["unknown", "opening"] as const) {
    assertEquals(placeFor(places({ state }, { state: "open" }), null), { kind: "wait" });
  }
  assertEquals(placeFor(places({ state: "overdue" }, { state: "open" }), null), routerOf("two"));
});

Deno.test("placement › nobody is placed before the handlers have said what they have", () => {
  const media = { ...places({ state: "open" }, draining), isAdopting: true };
  assertEquals(placeFor(media, null), { kind: "wait" });
  assertEquals(refugeFrom(media, "router two", null), { kind: "wait" });
});

Deno.test("placement › where all handlers are gone GC is asked once, and a full router says so itself", () => {
  const gone = { state: "gone" } as const;
  assertEquals(placeFor(places(gone, gone), null), { kind: "nowhere" });
  assertEquals(placeFor(places(gone, gone, "under way"), null), { kind: "wait" });
  const full = { state: "open", isFull: true } as const;
  const media = { ...places(gone, full, "in vain"), fullRouters: new Set(["router two"]) };
  assertEquals(placeFor(media, null), routerOf("two"));
});

Deno.test("placement › only who is on a handler that ends soon is moved, and to none that does, too", () => {
  assertEquals(refugeFrom(places({ state: "open" }, draining), "router one", null), undefined);
  assertEquals(refugeFrom(places({ state: "open" }, draining), "router two", null), routerOf("one"));
  assertEquals(refugeFrom(places(draining, draining), "router two", null), { kind: "nowhere" });
});
