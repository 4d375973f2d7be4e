import { assert, assertFalse, assertThrows, equal } from "@std/assert";

const yes: [unknown, unknown][] = [
  [0, -0],
  [NaN, NaN],
  [[0, "a"], [-0, "a"]],
  [{ a: { b: 1 } }, { a: { b: 1 } }],
  [{ a: 1, b: 2 }, { b: 2, a: 1 }],
  [Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  [{ [Symbol.for("a")]: 1 }, { [Symbol.for("a")]: 1 }],
  [/deno/g, /deno/g],
  [new Date(5), new Date(5)],
  [new Date("invalid"), new Date("invalid")],
  [new Set([1, 2, new Set([3])]), new Set([new Set([3]), 2, 1])],
  [new Map([["a", [1]], ["b", [2]]]), new Map([["b", [2]], ["a", [1]]])],
  [new Map([[{ x: 1 }, true]]), new Map([[{ x: 1 }, true]])],
  [Uint8Array.of(1, 2), Uint8Array.of(1, 2)],
  [Uint8Array.of(1, 2).buffer, Uint8Array.of(1, 2).buffer],
  [new URL("https://example.test"), new URL("https://example.test/")],
  [new WeakRef({ a: 1 }), new WeakRef({ a: 1 })],
];

class A {
  #hidden: number;
  constructor(hidden: number) {
    this.#hidden = hidden;
  }
  get value(): number {
    return this.#hidden;
  }
}
class B {
  x = 1;
}

const no: [unknown, unknown][] = [
  [1, "1"],
  [1, 1n],
  [null, undefined],
  [{}, null],
  [{ a: 1 }, { a: 2 }],
  [{ a: undefined }, {}],
  [{ a: undefined, b: undefined }, { a: undefined, c: undefined }],
  [{ [Symbol("a")]: 1 }, { [Symbol("a")]: 1 }],
  [[1, 2, 3], [1, 3, 2]],
  [[1, 2], [1, 2, 3]],
  [[undefined], Array(1)],
  [/deno/g, /deno/],
  [new Date(5), new Date(6)],
  [new Date("invalid"), new Date(5)],
  [new Set([1]), new Set([2])],
  [new Set([{ a: 1 }, { a: 1 }]), new Set([{ a: 1 }, { a: 2 }])],
  [new Map([["a", 1]]), new Map([["a", 2]])],
  [new Map([["a", 1]]), new Map([["b", 1]])],
  [new Map([[{ x: 1 }, true]]), new Map([[{ x: 2 }, true]])],
  [Uint8Array.of(1, 2), Uint8Array.of(2, 1)],
  [Uint8Array.of(1), Int8Array.of(1)],
  [Uint8Array.of(1).buffer, Uint8Array.of(2).buffer],
  [new URL("https://example.test"), new URL("https://example.test/x")],
  [new WeakMap(), new WeakSet()],
  [{ x: 1 }, new B()],
  [new A(1), new A(2)],
  [new Error("a"), new Error("b")],
  [() => 1, () => 1],
];

Deno.test("equal › values of the same structure and class", () => {
  for (const [a, b] of yes) assert(equal(a, b), `${Deno.inspect(a)} equals ${Deno.inspect(b)}`);
  assert(equal(new A(1), new A(1)));
});

Deno.test("equal › values that differ", () => {
  for (const [a, b] of no) {
    assertFalse(equal(a, b), `${Deno.inspect(a)} differs from ${Deno.inspect(b)}`);
    assertFalse(equal(b, a), `${Deno.inspect(b)} differs from ${Deno.inspect(a)}`);
  }
});

Deno.test("equal › circular references", () => {
  const make = (end: number) => {
    const object: Record<string, unknown> = { end };
    object.self = object;
    return object;
  };
  assert(equal(make(1), make(1)));
  assertFalse(equal(make(1), make(2)));
});

Deno.test("equal › what can't be looked into is refused", () => {
  assertThrows(() => equal(new WeakMap(), new WeakMap()), TypeError);
  assertThrows(() => equal(new WeakSet(), new WeakSet()), TypeError);
});
