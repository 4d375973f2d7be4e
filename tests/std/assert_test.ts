import * as all from "@std/assert";
import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  AssertionError,
  assertIsError,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  fail,
  unreachable,
} from "@std/assert";
import { stripVTControlCharacters } from "node:util";

/** The message that an assertion fails with; written without the assertions that are under test here. */
function failure(assertion: () => void): string {
  try {
    assertion();
  } catch (error) {
    if (error instanceof AssertionError) return stripVTControlCharacters(error.message);
    throw error;
  }
  throw new Error("the assertion did not fail");
}

function same(actual: string, expected: string): void {
  if (actual !== expected) throw new Error(`${actual}\nis not\n${expected}`);
}

Deno.test("assert, assertFalse › fail on the contrary", () => {
  assert(1);
  assertFalse("");
  same(failure(() => assert(0, "zero")), "zero");
  same(failure(() => assertFalse(1, "one")), "one");
});

Deno.test("assertEquals › passes for what is equal, fails with a diff", () => {
  assertEquals({ a: [1, { b: new Set([1]) }] }, { a: [1, { b: new Set([1]) }] });
  same(
    failure(() => assertEquals({ a: 1, b: "2", c: 3 }, { c: 3, b: "4", a: 1 }, "why")),
    `Values are not equal: why


    [Diff] Actual / Expected


    {
      a: 1,
-     b: "2",
+     b: "4",
      c: 3,
    }
`,
  );
  same(
    failure(() => assertEquals([1, 2, 3], [2, 3, 4])).split("\n\n\n").at(-1) ?? "",
    "    [\n-     1,\n      2,\n      3,\n+     4,\n    ]\n",
  );
});

Deno.test("assertEquals › fails on values too large for a line by line comparison", () => {
  const many = (from: number) => Array.from({ length: 3000 }, (_, index) => from + index);
  assert(failure(() => assertEquals(many(0), many(10_000))).includes("+     12999,"));
});

Deno.test("assertNotEquals, assertStrictEquals › by structure and by reference", () => {
  const object = { a: 1 };
  assertNotEquals(object, { a: 2 });
  assertStrictEquals(object, object);
  assertStrictEquals(NaN, NaN);
  failure(() => assertNotEquals(object, { a: 1 }));
  failure(() => assertStrictEquals(0, -0));
  assert(
    failure(() => assertStrictEquals(object, { a: 1 })).startsWith(
      "Values have the same structure but are not",
    ),
  );
  assert(failure(() => assertStrictEquals(1, 2)).startsWith("Values are not strictly equal."));
});

Deno.test("assertThrows › returns what was thrown, of the class and with the text that is asked for", () => {
  const broken = () => {
    throw new TypeError("hello world");
  };
  assert(assertThrows(broken) instanceof TypeError);
  assertStrictEquals(assertThrows(broken, TypeError, "hello").message, "hello world");
  assertThrows(broken, Error);
  same(failure(() => assertThrows(() => 1)), "Expected function to throw.");
  same(failure(() => assertThrows(() => 1, "why")), "Expected function to throw: why");
  same(failure(() => assertThrows(() => 1, Error, "", "why")), "Expected function to throw: why");
  same(
    failure(() => assertThrows(broken, RangeError)),
    'Expected error to be instance of "RangeError", but was "TypeError".',
  );
  same(
    failure(() => assertThrows(broken, TypeError, "bye")),
    'Expected error message to include "bye", but got "hello world".',
  );
  const panic = () => {
    throw "panic";
  };
  assertEquals(assertThrows(panic), "panic");
  same(failure(() => assertThrows(panic, Error)), "A non-Error object was thrown.");
});

Deno.test("assertRejects › resolves to what was rejected", async () => {
  const message = async (run: Promise<unknown>) => {
    const error: unknown = await run.then(() => undefined, (error) => error);
    return error instanceof AssertionError ? error.message : "no failure";
  };
  const reject = () => Promise.reject(new TypeError("hello world"));
  assertInstanceOf(await assertRejects(reject), TypeError);
  assertStrictEquals((await assertRejects(reject, TypeError, "hello")).message, "hello world");
  same(await message(assertRejects(() => Promise.resolve())), "Expected function to reject.");
  same(await message(assertRejects(() => Promise.reject(1), Error)), "A non-Error object was rejected.");
  same(
    await message(assertRejects(() => {
      throw new TypeError("at once");
    })),
    "Function throws when expected to reject.",
  );
  assert((await message(assertRejects(reject, RangeError))).includes("RangeError"));
});

Deno.test("assertIsError, assertInstanceOf › by class", () => {
  class Own extends Error {}
  assertIsError(new Own("some text"), Own, /^some/);
  assertInstanceOf(new Own(), Error);
  failure(() => assertIsError("text"));
  failure(() => assertIsError(new Own("some text"), Own, /other/));
  same(
    failure(() => assertInstanceOf(new Date(), RegExp)),
    'Expected object to be an instance of "RegExp" but was "Date".',
  );
  same(
    failure(() => assertInstanceOf(5, RegExp, "why")),
    'Expected object to be an instance of "RegExp" but was "number": why',
  );
  same(
    failure(() => assertInstanceOf(null, RegExp)),
    'Expected object to be an instance of "RegExp" but was "null".',
  );
});

Deno.test("assertMatch, assertStringIncludes › on text", () => {
  assertMatch("deno.com", /^de/);
  assertStringIncludes("deno.com", "no.c");
  same(failure(() => assertMatch("a", /b/)), 'Expected actual: "a" to match: "/b/".');
  same(failure(() => assertStringIncludes("a", "b", "why")), 'Expected actual: "a" to contain: "b": why');
});

Deno.test("fail, unreachable › always", () => {
  same(failure(() => fail()), "Failed assertion.");
  same(failure(() => fail("why")), "Failed assertion: why");
  same(failure(() => unreachable()), "Unreachable.");
});

Deno.test("AssertionError › keeps its cause and its name", () => {
  const error = new AssertionError("text", { cause: 1 });
  assertEquals([error.name, error.message, error.cause], ["AssertionError", "text", 1]);
  assertEquals(typeof all.equal, "function");
});
