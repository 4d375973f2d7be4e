import { assertEquals, AssertionError, assertStrictEquals } from "@std/assert";

/** A spy or a stub was used in a way that can't be. */
export class MockError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "MockError";
  }
}

/** One call of a spy. */
export interface SpyCall<
  Self = unknown,
  Args extends unknown[] = unknown[],
  Return = unknown,
> {
  /** What it was called with. */
  args: Args;
  /** What it returned. */
  returned?: Return;
  /** What it threw. */
  error?: unknown;
  /** The object that it was called on. */
  self?: Self;
}

/** A function that keeps account of its calls. */
export interface Spy<Self, Args extends unknown[], Return> {
  (this: Self, ...args: Args): Return;
  /** Its calls so far, in order. */
  calls: SpyCall<Self, Args, Return>[];
  /** Whether the method it stands for is back in its place. */
  restored: boolean;
  /** Puts the method back in its place. */
  restore(): void;
}

/** A spy in the place of an object's method. */
export interface MethodSpy<Self, Args extends unknown[], Return>
  extends Spy<Self, Args, Return>, Disposable {}

/** A replacement in the place of an object's method. */
export type Stub<Self, Args extends unknown[], Return> = MethodSpy<
  Self,
  Args,
  Return
>;

/** What the method `Prop` of `Self` is called with. */
export type ParametersOf<Self, Prop extends keyof Self> = Self[Prop] extends
  (...args: infer Args extends unknown[]) => unknown ? Args : never;

/** What the method `Prop` of `Self` returns. */
export type ReturnOf<Self, Prop extends keyof Self> = Self[Prop] extends (...args: never[]) => infer Return
  ? Return
  : never;

function recorder<Self, Args extends unknown[], Return>(
  run: (this: Self, ...args: Args) => Return,
  restore: () => void,
): Spy<Self, Args, Return> {
  const calls: SpyCall<Self, Args, Return>[] = [];
  const recorded = Object.assign(function (this: Self, ...args: Args): Return {
    const call: SpyCall<Self, Args, Return> = this ? { args, self: this } : { args };
    calls.push(call);
    try {
      const returned = run.apply(this, args);
      call.returned = returned;
      return returned;
    } catch (error) {
      call.error = error;
      throw error;
    }
  }, {
    calls,
    restored: false,
    restore() {
      restore();
      recorded.restored = true;
    },
  });
  return recorded;
}

/** Puts a recorder of `run` in the place of a method until it is restored. */
function replace<Self extends object, Args extends unknown[], Return>(
  self: Self,
  property: keyof Self,
  run: (this: Self, ...args: Args) => Return,
): MethodSpy<Self, Args, Return> {
  const own = Object.getOwnPropertyDescriptor(self, property);
  if (own !== undefined && !own.configurable) {
    throw new MockError(
      `Cannot spy: "${String(property)}" is not configurable`,
    );
  }
  const recorded = recorder(run, () => {
    if (recorded.restored) {
      throw new MockError("Cannot restore: instance method already restored");
    }
    if (own) Object.defineProperty(self, property, own);
    else Reflect.deleteProperty(self, property);
  });
  Object.defineProperty(self, property, {
    configurable: true,
    enumerable: own?.enumerable ?? false,
    writable: own?.writable ?? true,
    value: recorded,
  });
  return Object.assign(recorded, {
    [Symbol.dispose]: () => recorded.restore(),
  });
}

function unrestorable(): never {
  throw new MockError("Cannot restore: function cannot be restored");
}

/**
 * A function that keeps account of its calls: one that does nothing, one around `func`, or one in the place of an
 * object's method, until it is restored or disposed of.
 *
 * @throws {MockError} when the property is no method.
 */
export function spy(): Spy<unknown, unknown[], undefined>;
export function spy<Self, Args extends unknown[], Return>(
  func: (this: Self, ...args: Args) => Return,
): Spy<Self, Args, Return>;
export function spy<Self extends object, Prop extends keyof Self>(
  self: Self,
  property: Prop,
): MethodSpy<Self, ParametersOf<Self, Prop>, ReturnOf<Self, Prop>>;
export function spy(
  target?: object,
  property?: never,
): object {
  if (property === undefined) {
    const run = typeof target === "function" ? target : () => undefined;
    return recorder(function (...args: unknown[]): unknown {
      return Reflect.apply(run, this, args);
    }, unrestorable);
  }
  const method: unknown = target && Reflect.get(target, property);
  if (!target || typeof method !== "function") {
    throw new MockError(
      `Cannot spy: property "${String(property)}" is not a method`,
    );
  }
  return replace(target, property, function (...args: unknown[]): unknown {
    return Reflect.apply(method, this, args);
  });
}

/**
 * Puts `func`, or one that does nothing, in the place of an object's method, and keeps account of its calls, until it
 * is restored or disposed of.
 */
export function stub<Self extends object, Prop extends keyof Self>(
  self: Self,
  property: Prop,
): Stub<Self, ParametersOf<Self, Prop>, undefined>;
export function stub<Self extends object, Prop extends keyof Self>(
  self: Self,
  property: Prop,
  func: (this: Self, ...args: ParametersOf<Self, Prop>) => ReturnOf<Self, Prop>,
): Stub<Self, ParametersOf<Self, Prop>, ReturnOf<Self, Prop>>;
export function stub<Self extends object, Args extends unknown[], Return>(
  self: Self,
  property: keyof Self,
  func?: (this: Self, ...args: Args) => Return,
): Stub<Self, Args, Return | undefined> {
  return replace<Self, Args, Return | undefined>(
    self,
    property,
    func ?? (() => undefined),
  );
}

/** @throws {AssertionError} when `spy` was not called exactly so many times; what the last call threw is the cause. */
export function assertSpyCalls<Self, Args extends unknown[], Return>(
  spy: Spy<Self, Args, Return>,
  expectedCalls: number,
): void {
  if (spy.calls.length === expectedCalls) return;
  const cause = spy.calls.at(-1)?.error;
  throw new AssertionError(
    `Spy ${spy.calls.length > expectedCalls ? "called more than" : "not called as much as"} expected\n` +
      `  expected ${expectedCalls}, called ${spy.calls.length} times`,
    cause === undefined ? undefined : { cause },
  );
}

/**
 * Asserts what the call at `callIndex` was like, as far as `expected` names it.
 *
 * @throws {AssertionError} when there was no such call, or it was different.
 */
export function assertSpyCall<Self, Args extends unknown[], Return>(
  spy: Spy<Self, Args, Return>,
  callIndex: number,
  expected: Partial<SpyCall<Self, Args, Return>> = {},
): void {
  const call = spy.calls[callIndex];
  if (call === undefined) {
    throw new AssertionError(
      `Expected spy call at index ${callIndex}, but it was only called ${spy.calls.length} times`,
    );
  }
  if ("args" in expected) {
    assertEquals<unknown>(
      call.args,
      expected.args,
      "Spy not called with expected args",
    );
  }
  if ("self" in expected) {
    assertStrictEquals(
      call.self,
      expected.self,
      "Spy not called on expected self",
    );
  }
  if ("returned" in expected) {
    if ("error" in call) {
      throw new AssertionError(
        "Spy call did not return expected value, an error was thrown.",
        {
          cause: call.error,
        },
      );
    }
    assertEquals<unknown>(
      call.returned,
      expected.returned,
      "Spy call did not return expected value",
    );
  }
  if ("error" in expected) {
    assertEquals(
      call.error,
      expected.error,
      "Spy call did not throw expected error",
    );
  }
}

/** A function that answers each call with the next of `values`; one that is an `Error` it throws. */
export function returnsNext<
  Return,
  Self = unknown,
  Args extends unknown[] = unknown[],
>(
  values: Iterable<Return | Error>,
): (this: Self, ...args: Args) => Return {
  const iterator = values[Symbol.iterator]();
  let calls = 0;
  return () => {
    const next = iterator.next();
    if (next.done) {
      throw new MockError(
        `Not expected to be called more than ${calls} time(s)`,
      );
    }
    calls++;
    if (next.value instanceof Error) throw next.value;
    return next.value;
  };
}
