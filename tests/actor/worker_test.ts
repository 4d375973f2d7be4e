import { assert, assertEquals, assertThrows } from "@std/assert";
import { createScope, inWorker, isolateRuntime } from "../../shared/actor/mod.ts";
import { CounterActor } from "./fixtures/counter.ts";
import { inTestWorker } from "./fixtures/homes.ts";
import { settled, until } from "./fixtures/patience.ts";

const long = { timeoutMs: 10_000 };
const swift = { policy: { backoffMs: 1, maxBackoffMs: 1, maxRestarts: 50 } };

Deno.test("actor in a Worker › A13 it may do nothing, unless its permissions are named", async () => {
  await using nobody = inTestWorker();
  assert(await settled(() => nobody.ref.ask("mayRead", undefined)) !== "granted");
  await using reader = inTestWorker({}, { permissions: { read: true } });
  assertEquals(await settled(() => reader.ref.ask("mayRead", undefined)), "granted");
});

Deno.test("actor in a Worker › A13 buffers are moved, not copied", async () => {
  await using home = inTestWorker();
  const { buffer } = new Uint8Array([1, 2, 3]);
  const result = await home.ref.ask("echo", buffer, { ...long, transfer: [buffer] });
  assert(result.ok && result.value instanceof ArrayBuffer);
  assertEquals([buffer.byteLength, [...new Uint8Array(result.value)]], [0, [1, 2, 3]]);
});

Deno.test("actor in a Worker › A13 a Worker that doesn't load its module is given up", async () => {
  await using scope = createScope();
  const module = new URL("./fixtures/stuck_worker.ts", import.meta.url);
  const home = inWorker(module, { loadMs: 1_000 });
  const ref = scope.spawn(CounterActor, { start: 0 }, { policy: { directive: "stop" }, home });
  const answer = await ref.ask("total", undefined, { timeoutMs: 60_000 });
  assertEquals(answer.ok || answer.error.code, "stopped");
});

for (const message of ["never", "spin"] as const) {
  Deno.test(`actor in a Worker › A13 a handler that goes on past its deadline costs its Worker: ${message}`, async () => {
    await using home = inTestWorker(swift, { graceMs: 50 });
    assertEquals(await home.ref.ask("add", 5, long), { ok: true, value: 5 });
    const late = await home.ref.ask(message, undefined, { timeoutMs: 20 });
    assertEquals(late.ok || late.error.code, "timeout");
    // A new life begins.
    assertEquals(await until(() => home.ref.ask("total", undefined, long), 0), 0);
  });
}

for (
  const [way, cause] of [["close", "The Worker closed itself"], [
    "exit",
    "The Worker exited with code 3",
  ]] as const
) {
  Deno.test(`actor in a Worker › A13 a Worker that ends itself is one supervised failure: ${way}`, async () => {
    await using home = inTestWorker(swift);
    const crashes: string[] = [];
    const forget = isolateRuntime.observe({ crashed: ({ error }) => void crashes.push(String(error)) });
    assertEquals(await home.ref.ask("add", 5, long), { ok: true, value: 5 });
    const result = await home.ref.ask("exit", way, long);
    assertEquals(result.ok || result.error.code, "crashed");
    assertEquals(await settled(() => home.ref.ask("total", undefined, long)), 0);
    forget();
    // Its own word, and not the heartbeat that would miss it seconds later.
    assertEquals(crashes, [`Error: ${cause}`]);
  });
}

Deno.test("actor in a Worker › A13 a module that can't be loaded is a supervised failure", async () => {
  await using home = inTestWorker(
    { policy: { maxRestarts: 1, backoffMs: 1 } },
    { module: new URL("./fixtures/no_such_worker.ts", import.meta.url) },
  );
  const waiting = home.ref.ask("add", 1, long);
  assertEquals(await new Promise((resolve) => home.ref.watch(resolve)), "crashed");
  const result = await waiting;
  assertEquals(result.ok || result.error.code, "stopped");
});

Deno.test("actor in a Worker › A4 a message that can't be cloned fails alone", async () => {
  await using home = inTestWorker();
  const neighbours = [home.ref.ask("add", 1, long), home.ref.ask("add", 2, long)];
  const result = await home.ref.ask("echo", () => {}, long);
  assertEquals(result.ok || result.error.code, "invalid");
  assertEquals(await Promise.all(neighbours), [{ ok: true, value: 1 }, { ok: true, value: 3 }]);
});

Deno.test("actor in a Worker › A13 a buffer is moved beside a message that can't be cloned", async () => {
  await using home = inTestWorker();
  await home.ref.ask("add", 1, long);
  const { buffer } = new Uint8Array([1, 2, 3]);
  const before = home.ref.ask("add", 1, long);
  const moved = home.ref.ask("echo", buffer, { ...long, transfer: [buffer] });
  const refused = await home.ref.ask("echo", () => {}, long);
  assertEquals(refused.ok || refused.error.code, "invalid");
  assertEquals(await before, { ok: true, value: 2 });
  const result = await moved;
  assert(result.ok && result.value instanceof ArrayBuffer, JSON.stringify(result));
  assertEquals([...new Uint8Array(result.value)], [1, 2, 3]);
});

Deno.test("actor in a Worker › A4 a thousand asks in flight settle when the Worker dies", async () => {
  await using home = inTestWorker({ capacity: 2_000, policy: { directive: "stop" } });
  await home.ref.ask("add", 1, long);
  const crash = home.ref.ask("exit", "exit", { timeoutMs: Infinity });
  const asks = Array.from({ length: 999 }, () => home.ref.ask("add", 1, { timeoutMs: Infinity }));
  const codes = (await Promise.all([crash, ...asks])).map((result) => result.ok ? "ok" : result.error.code);
  assertEquals(codes[0], "crashed");
  // The posted ones may have run, the others have not.
  assertEquals(codes.filter((code) => code === "stopped").length, 1_000 - 64);
  assert(codes.every((code) => code !== "ok"));
});

Deno.test("actor in a Worker › A2 only a window of messages is posted, and the mailbox's bound holds for the others", async () => {
  await using home = inTestWorker({ capacity: 3 }, { window: 2 });
  await home.ref.ask("add", 1, long);
  const asks = Array.from({ length: 10 }, () => home.ref.ask("add", 1, long));
  const codes = (await Promise.all(asks)).map((result) => result.ok ? "ok" : result.error.code);
  assertEquals(codes, [...Array(2 + 3).fill("ok"), ...Array(5).fill("overloaded")]);
});

Deno.test("actor in a Worker › A2 an invalid window is refused at once", () => {
  for (const window of [0, 65, 1.5, NaN]) {
    assertThrows(() => inWorker(new URL("file:///a.ts"), { window }), RangeError);
  }
});

Deno.test("actor in a Worker › A9 a Worker that dies while it drains doesn't hold up the stop", async () => {
  await using home = inTestWorker();
  await home.ref.ask("add", 1, long);
  const going = home.ref.ask("exit", "exit", { timeoutMs: Infinity });
  // Far longer than any test run may take.
  await home.stop(3_600_000);
  const result = await going;
  assertEquals(result.ok || result.error.code, "crashed");
});

Deno.test("actor in a Worker › A6 a cycle is found although the posted window is full", async () => {
  await using home = inTestWorker();
  await home.ref.ask("add", 1, long);
  const result = home.ref.ask("reflect", undefined, long);
  for (let i = 0; i < 100; i++) void home.ref.ask("add", 1, long);
  assertEquals(await result, { ok: true, value: "at once: cycle" });
});

Deno.test("actor in a Worker › A13 an init that can't be cloned is a supervised failure, not the end of the process", async () => {
  const failures: string[] = [];
  await using scope = createScope({ onFailure: (_, path) => void failures.push(path) });
  const home = inWorker(new URL("./fixtures/counter_worker.ts", import.meta.url));
  const bad = { start: 0, extra: () => {} };
  const ref = scope.spawn(CounterActor, bad, { name: "bad", home, policy: { maxRestarts: 0 } });
  assertEquals(await new Promise((resolve) => ref.watch(resolve)), "crashed");
  assertEquals(failures, ["bad"]);
});
