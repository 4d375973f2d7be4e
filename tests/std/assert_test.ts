import * as all from "@std/assert";
import {
  assert,
  assertAlmostEquals,
  assertArrayIncludes,
  assertEquals,
  assertExists,
  assertFalse,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  AssertionError,
  assertIsError,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertNotInstanceOf,
  assertNotMatch,
  assertNotStrictEquals,
  assertObjectMatch,
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

Deno.test("assert, assertFalse, assertExists › fail on the contrary", () => {
  assert(1);
  assertFalse("");
  assertExists(0);
  same(failure(() => assert(0, "zero")), "zero");
  same(failure(() => assertFalse(1, "one")), "one");
  same(failure(() => assertExists(null)), 'Expected actual: "null" to not be null or undefined.');
  failure(() => assertExists(undefined));
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

Deno.test("assertNotEquals, assertStrictEquals, assertNotStrictEquals › by structure and by reference", () => {
  const object = { a: 1 };
  assertNotEquals(object, { a: 2 });
  assertStrictEquals(object, object);
  assertStrictEquals(NaN, NaN);
  assertNotStrictEquals(object, { a: 1 });
  failure(() => assertNotEquals(object, { a: 1 }));
  failure(() => assertNotStrictEquals(object, object));
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

Deno.test("assertIsError, assertInstanceOf, assertNotInstanceOf › by class", () => {
  class Own extends Error {}
  assertIsError(new Own("some text"), Own, /^some/);
  assertInstanceOf(new Own(), Error);
  assertNotInstanceOf(new Error(), Own);
  failure(() => assertIsError("text"));
  failure(() => assertIsError(new Own("some text"), Own, /other/));
  failure(() => assertNotInstanceOf(new Own(), Error));
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

Deno.test("assertMatch, assertNotMatch, assertStringIncludes › on text", () => {
  assertMatch("deno.com", /^de/);
  assertNotMatch("deno.com", /x/);
  assertStringIncludes("deno.com", "no.c");
  same(failure(() => assertMatch("a", /b/)), 'Expected actual: "a" to match: "/b/".');
  same(failure(() => assertNotMatch("a", /a/)), 'Expected actual: "a" to not match: "/a/".');
  same(failure(() => assertStringIncludes("a", "b", "why")), 'Expected actual: "a" to contain: "b": why');
});

Deno.test("assertArrayIncludes › each element by structure, in whatever order", () => {
  assertArrayIncludes([{ a: 1 }, { a: 2 }, { a: 3 }], [{ a: 3 }, { a: 1 }]);
  assertArrayIncludes(Uint8Array.of(1, 2, 3), Uint8Array.of(3));
  assert(failure(() => assertArrayIncludes(["a"], ["a", "b"])).endsWith('missing: [\n  "b",\n]'));
});

Deno.test("assertObjectMatch › what is expected is a part of what is there", () => {
  class Point {
    constructor(readonly x: number) {}
  }
  const circular: Record<string, unknown> = { a: 1 };
  circular.self = circular;
  const symbol = Symbol();
  assertObjectMatch({ a: { b: 1, c: 2 }, d: 3 }, { a: { b: 1 } });
  assertObjectMatch({ a: [1, { b: 2, c: 3 }, 4] }, { a: [1, { b: 2 }] });
  assertObjectMatch(circular, { self: { self: { a: 1 } } });
  assertObjectMatch({ [symbol]: 1, a: 2 }, { [symbol]: 1 });
  assertObjectMatch({ p: new Point(1) }, { p: { x: 1 } });
  assertObjectMatch({ p: { x: 1 } }, { p: new Point(1) });
  assertObjectMatch({ s: new Set([1, 2]), m: new Map([["a", { b: 1, c: 2 }]]) }, {
    s: new Set([2]),
    m: new Map([["a", { b: 1 }]]),
  });
  const wrong: [object, Record<string, unknown>][] = [
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: { b: 1 } }, { a: { b: 2 } }],
    [{ a: [1, 2] }, { a: [1, 2, 3] }],
    [{ a: null }, { a: { b: 1 } }],
    [{ a: undefined }, { a: null }],
    [{ a: /x/g }, { a: /x/ }],
    [{ a: new Date(1) }, { a: new Date(2) }],
    [{ a: new Set([1]) }, { a: new Set([2]) }],
    [{ a: new Map([["a", 1]]) }, { a: new Map([["a", 2]]) }],
    [circular, { self: { self: { a: 2 } } }],
  ];
  for (const [actual, expected] of wrong) failure(() => assertObjectMatch(actual, expected));
});

Deno.test("assertGreater and the like, assertAlmostEquals › by size", () => {
  assertGreater(2, 1);
  assertGreaterOrEqual(2n, 2n);
  assertLess("a", "b");
  assertLessOrEqual(1, 1);
  same(failure(() => assertGreater(1, 1)), "Expect 1 > 1");
  same(failure(() => assertGreaterOrEqual(1, 2, "why")), "Expect 1 >= 2: why");
  failure(() => assertLess(1, 1));
  failure(() => assertLessOrEqual(2, 1));
  for (const value of [NaN, Infinity, -0]) assertAlmostEquals(value, value);
  assertAlmostEquals(-0, +0);
  assertAlmostEquals(0.1 + 0.2, 0.3);
  assertAlmostEquals(1, 1.1, 0.2);
  for (const [a, b] of [[1, 1.1], [5e-7, 6e-7], [0, Infinity], [Infinity, NaN]] as const) {
    failure(() => assertAlmostEquals(a, b));
  }
  same(
    failure(() => assertAlmostEquals(-Infinity, Infinity, 1e-17, "why")),
    'Expected actual: "-Infinity" to be close to "Infinity": delta "Infinity" is greater than "1e-17": why',
  );
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
