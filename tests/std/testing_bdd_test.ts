import { afterAll, afterEach, beforeAll, beforeEach, describe, it } from "@std/testing/bdd";
import { assertEquals, assertThrows } from "@std/assert";

const outside = (name: string) =>
  Deno.test(`bdd › ${name} is refused outside of a describe`, () => {
    const hooks = { beforeAll, afterAll, beforeEach, afterEach };
    assertThrows(() => Object.entries(hooks).find(([key]) => key === name)?.[1](() => {}), Error, name);
  });
["beforeAll", "afterAll", "beforeEach", "afterEach"].forEach(outside);

describe("bdd", () => {
  const order: string[] = [];
  const note = (word: string) => () => {
    order.push(word);
  };
  describe("group", () => {
    beforeAll(note("beforeAll"));
    beforeEach(note("beforeEach"));
    afterEach(note("afterEach"));
    afterAll(note("afterAll"));
    it("first", note("first"));
    describe("inner", () => {
      beforeEach(note("inner beforeEach"));
      afterEach(note("inner afterEach"));
      it("second", async (t) => {
        assertEquals(t.name, "second");
        await Promise.resolve();
        order.push("second");
      });
    });
    it.ignore("left out", note("left out"));
    describe.ignore("left out too", () => it("third", note("third")));
  });
  it("has run the hooks around the tests, outer ones outside", () => {
    assertEquals(order, [
      "beforeAll",
      ...["beforeEach", "first", "afterEach"],
      ...["beforeEach", "inner beforeEach", "second", "inner afterEach", "afterEach"],
      "afterAll",
    ]);
  });
});

it("bdd › a test by itself", () => assertEquals(1, 1));
