import { abortable, deadline, delay, pooledMap, retry, RetryError } from "@std/async";
import { Semaphore } from "@std/async/unstable-semaphore";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";

const never = new Promise<never>(() => {});

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

Deno.test("delay › resolves, and takes its listener off the signal", async () => {
  const controller = new AbortController();
  await delay(1, { signal: controller.signal });
  controller.abort();
});

Deno.test("delay › rejects with the signal's reason, before and while waiting", async () => {
  const reason = new Error("enough");
  assertStrictEquals(
    await assertRejects(() => delay(60_000, { signal: AbortSignal.abort(reason) })),
    reason,
  );
  const controller = new AbortController();
  const waiting = delay(2 ** 33, { signal: controller.signal });
  controller.abort();
  await assertRejects(() => waiting, DOMException);
});

Deno.test("delay › persistent: false lets the process end", async () => {
  const main =
    `import { delay } from "@std/async/delay"; delay(600_000, { persistent: false }); console.log("end");`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", main],
    stdout: "piped",
    signal: AbortSignal.timeout(60_000),
  });
  const { success, stdout } = await child.output();
  assert(success);
  assertEquals(new TextDecoder().decode(stdout), "end\n");
});

Deno.test("deadline › hands the value on in time, and a rejection as it is", async () => {
  assertEquals(await deadline(Promise.resolve(7), 60_000), 7);
  await assertRejects(
    () => deadline(Promise.reject(new TypeError("no")), 60_000),
    TypeError,
    "no",
  );
});

Deno.test("deadline › a TimeoutError when the time is over, the signal's reason when it aborts", async () => {
  const error = await assertRejects(() => deadline(never, 1), DOMException);
  assertEquals(error.name, "TimeoutError");
  const aborted = await assertRejects(
    () => deadline(never, 60_000, { signal: AbortSignal.abort() }),
    DOMException,
  );
  assertEquals(aborted.name, "AbortError");
});

Deno.test("abortable › a promise ends with the signal's reason", async () => {
  const controller = new AbortController();
  const waiting = abortable(never, controller.signal);
  controller.abort(new RangeError("left"));
  await assertRejects(() => waiting, RangeError, "left");
  assertEquals(
    await abortable(Promise.resolve(1), new AbortController().signal),
    1,
  );
  await assertRejects(
    () => abortable(Promise.resolve(1), AbortSignal.abort()),
    DOMException,
  );
});

Deno.test("abortable › an iterable gives what came before the abort", async () => {
  const controller = new AbortController();
  async function* source() {
    yield "hello";
    await never;
  }
  const seen: string[] = [];
  const error = await assertRejects(async () => {
    for await (const item of abortable(source(), controller.signal)) {
      seen.push(item);
      controller.abort();
    }
  }, DOMException);
  assertEquals([error.name, seen], ["AbortError", ["hello"]]);
});

Deno.test("retry › goes on until the function returns", async () => {
  let calls = 0;
  const result = await retry(() => {
    if (++calls < 4) throw new Error("not yet");
    return calls;
  }, { minTimeout: 0 });
  assertEquals(result, 4);
});

Deno.test("retry › a RetryError with the last cause after maxAttempts", async () => {
  let calls = 0;
  const error = await assertRejects(
    () =>
      retry(() => {
        throw ++calls;
      }, { maxAttempts: 3, minTimeout: 0 }),
    RetryError,
    "Retrying exceeded the maxAttempts (3).",
  );
  assertEquals([error.name, error.cause, calls], ["RetryError", 3, 3]);
});

Deno.test("retry › what is not retriable is thrown at once", async () => {
  let calls = 0;
  await assertRejects(
    () =>
      retry(() => {
        calls++;
        throw new SyntaxError("broken");
      }, { isRetriable: (error) => !(error instanceof SyntaxError) }),
    SyntaxError,
  );
  assertEquals(calls, 1);
});

Deno.test("retry › the signal ends the wait between attempts", async () => {
  const controller = new AbortController();
  let calls = 0;
  await assertRejects(
    () =>
      retry(() => {
        calls++;
        controller.abort(new TypeError("stop"));
        throw new Error("failed");
      }, { minTimeout: 60_000, jitter: 0, signal: controller.signal }),
    TypeError,
    "stop",
  );
  assertEquals(calls, 1);
});

Deno.test("retry › options out of range are refused", async () => {
  const wrong = [
    { maxAttempts: 0 },
    { maxAttempts: 1.5 },
    { multiplier: 0.5 },
    { maxTimeout: 0 },
    { minTimeout: -1 },
    { minTimeout: 2, maxTimeout: 1 },
    { jitter: 2 },
    { jitter: NaN },
  ];
  for (const options of wrong) {
    await assertRejects(
      () => retry(() => 1, options),
      RangeError,
      "Cannot retry",
    );
  }
});

Deno.test("pooledMap › yields in the order of the items and never runs more than the limit", async () => {
  const gates = [1, 2, 3, 4].map(() => Promise.withResolvers<void>());
  let running = 0;
  let most = 0;
  const started: number[] = [];
  const results = pooledMap(2, [0, 1, 2, 3], async (index) => {
    started.push(index);
    most = Math.max(most, ++running);
    await gates[index]?.promise;
    running--;
    return index * 10;
  });
  const all = collect(results);
  // The later of two finishes first; its result waits for the other's.
  for (const index of [1, 0, 3, 2]) {
    while (!started.includes(index)) await Promise.resolve();
    gates[index]?.resolve();
  }
  assertEquals(await all, [0, 10, 20, 30]);
  assertEquals(most, 2);
});

Deno.test("pooledMap › gathers the failures after what succeeded, and begins nothing more", async () => {
  const begun: number[] = [];
  const seen: number[] = [];
  const error = await assertRejects(async () => {
    const results = pooledMap(3, [1, 2, 3, 4], async (n) => {
      begun.push(n);
      if (n <= 2) throw new Error(`bad ${n}`);
      await new Promise((resolve) => setTimeout(resolve));
      return n;
    });
    for await (const n of results) seen.push(n);
  }, AggregateError);
  assertEquals(error.errors.map((e: Error) => e.message), ["bad 1", "bad 2"]);
  assertEquals([seen, begun], [[3], [1, 2, 3]]);
});

Deno.test("pooledMap › an asynchronous source, an empty one, a wrong limit", async () => {
  async function* source() {
    yield* [1, 2, 3];
    await Promise.resolve();
  }
  assertEquals(
    await collect(pooledMap(1, source(), (n) => Promise.resolve(n + 1))),
    [2, 3, 4],
  );
  assertEquals(await collect(pooledMap(1, [], () => Promise.resolve(1))), []);
  for (const limit of [0, -1, 1.5, NaN]) {
    assertThrows(
      () => pooledMap(limit, [1], () => Promise.resolve(1)),
      RangeError,
    );
  }
});

Deno.test("Semaphore › no more permits than max, given on in the order of asking", async () => {
  const semaphore = new Semaphore(2);
  await semaphore.acquire();
  const second = await semaphore.acquire();
  assertEquals(semaphore.tryAcquire(), undefined);
  const order: number[] = [];
  const waiting = [1, 2, 3].map((n) => semaphore.acquire().then(() => order.push(n)));
  await Promise.resolve();
  assertEquals(order, []);
  second[Symbol.dispose]();
  await waiting[0];
  assertEquals(order, [1]);
  semaphore.release();
  semaphore.release();
  await Promise.all(waiting);
  assertEquals(order, [1, 2, 3]);
});

Deno.test("Semaphore › releases beyond max count for nothing; max is checked", () => {
  const semaphore = new Semaphore();
  semaphore.release();
  semaphore.release();
  {
    using permit = semaphore.tryAcquire();
    assert(permit !== undefined);
    assertEquals(semaphore.tryAcquire(), undefined);
  }
  assertInstanceOf(semaphore.tryAcquire(), Object);
  for (const max of [0, -1, NaN, Infinity, 1.5]) {
    assertThrows(() => new Semaphore(max), TypeError);
  }
});
