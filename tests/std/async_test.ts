import { abortable, deadline, delay } from "@std/async";
import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";

const never = new Promise<never>(() => {});

Deno.test("delay › resolves, and takes its listener off the signal", async () => {
  const { signal } = new AbortController();
  const listeners = new Set<unknown>();
  signal.addEventListener = (_: string, listener: unknown) => void listeners.add(listener);
  signal.removeEventListener = (_: string, listener: unknown) => void listeners.delete(listener);
  const waiting = delay(1, { signal });
  assertEquals(listeners.size, 1);
  await waiting;
  assertEquals(listeners.size, 0);
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
