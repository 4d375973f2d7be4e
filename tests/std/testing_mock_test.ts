import { assertSpyCall, assertSpyCalls, MockError, returnsNext, spy, stub } from "@std/testing/mock";
import { assertEquals, AssertionError, assertThrows } from "@std/assert";

class Point {
  constructor(readonly x: number) {}
  plus(n: number): number {
    return this.x + n;
  }
}

Deno.test("spy › keeps account of a function's calls", () => {
  const double = spy((n: number) => {
    if (n < 0) throw new RangeError("negative");
    return n * 2;
  });
  assertEquals(double(2), 4);
  assertThrows(() => double(-1), RangeError);
  assertSpyCalls(double, 2);
  assertSpyCall(double, 0, { args: [2], returned: 4 });
  assertEquals(double.calls[1]?.error instanceof RangeError, true);
  assertThrows(() => assertSpyCalls(double, 1), AssertionError, "expected 1, called 2 times");
  assertThrows(() => assertSpyCall(double, 0, { args: [3] }), AssertionError, "expected args");
  assertThrows(() => assertSpyCall(double, 0, { returned: 5 }), AssertionError, "expected value");
  assertThrows(() => assertSpyCall(double, 1, { returned: 5 }), AssertionError, "an error was thrown");
  assertThrows(() => assertSpyCall(double, 2), AssertionError, "only called 2 times");
  assertThrows(() => double.restore(), MockError);
});

Deno.test("spy › without a function it does nothing", () => {
  const nothing = spy();
  assertEquals(nothing("x"), undefined);
  assertSpyCall(nothing, 0, { args: ["x"], returned: undefined, self: undefined });
});

Deno.test("spy › stands in a method's place until it is disposed of", () => {
  const point = new Point(1);
  {
    using plus = spy(point, "plus");
    assertEquals(point.plus(2), 3);
    assertSpyCall(plus, 0, { self: point, args: [2], returned: 3 });
    assertThrows(() => assertSpyCall(plus, 0, { self: new Point(1) }), AssertionError, "expected self");
  }
  assertEquals(Object.hasOwn(point, "plus"), false);
  assertThrows(() => spy(point, "x"), MockError);
});

Deno.test("stub › replaces a method until it is restored, once", () => {
  const point = new Point(1);
  const plus = stub(point, "plus", returnsNext([7, new RangeError("eight")]));
  assertEquals(point.plus(0), 7);
  assertThrows(() => point.plus(0), RangeError, "eight");
  assertThrows(() => point.plus(0), MockError, "more than 2 time(s)");
  plus.restore();
  assertEquals([point.plus(0), plus.restored], [1, true]);
  assertThrows(() => plus.restore(), MockError, "already restored");
  assertSpyCalls(plus, 3);
});

Deno.test("stub › puts an own property back as it was", () => {
  const object = { run: () => 1 };
  {
    using _stub = stub(object, "run");
    assertEquals<unknown>(object.run(), undefined);
  }
  assertEquals([object.run(), Object.keys(object)], [1, ["run"]]);
});
