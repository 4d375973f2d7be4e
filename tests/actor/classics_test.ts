import { assert, assertEquals } from "@std/assert";
import { createRuntime, createScope, systemClock } from "../../shared/actor/mod.ts";
import { fairDispatcher } from "../../shared/actor/dispatcher.ts";
import { createTestKit } from "../../shared/actor/testing/mod.ts";
import { WheelTimer } from "../../shared/actor/wheel_timer.ts";
import { PatientActor } from "./fixtures/patient.ts";

function setUp(options: { readonly capacity?: number; readonly graceMs?: number } = {}) {
  const kit = createTestKit(11);
  const scope = kit.createScope();
  return { kit, scope, ref: scope.spawn(PatientActor, undefined, options) };
}

Deno.test("classic failures › A6 two actors that ask each other: the second ask is a cycle", async () => {
  const { kit, scope, ref } = setUp();
  const other = scope.spawn(PatientActor, undefined);
  const result = await kit.finish(ref.ask("askOther", { ref: other, timeoutMs: 1_000 }));
  assertEquals(result, { ok: true, value: "then cycle" });
  assertEquals(kit.clock.now(), 0);
  await kit.finish(scope.close());
});

Deno.test("classic failures › A4 two actors that ask each other at the same time: the deadlines free both", async () => {
  const { kit, scope, ref } = setUp();
  const other = scope.spawn(PatientActor, undefined);
  const asks = [
    ref.ask("askOther", { ref: other, timeoutMs: 100 }),
    other.ask("askOther", { ref, timeoutMs: 100 }),
  ];
  const results = await kit.finish(Promise.all(asks));
  assertEquals(results, Array(2).fill({ ok: true, value: "timeout" }));
  await kit.finish(scope.close());
});

Deno.test("classic failures › A4 a bounded mailbox full of asks at a stop: each one settles", async () => {
  const { kit, scope, ref } = setUp({ capacity: 8 });
  const asks = Array.from({ length: 20 }, () => ref.ask("never", undefined, { timeoutMs: Infinity }));
  const offers = Array.from({ length: 5 }, () => ref.offer("note", 1));
  await kit.finish(scope.close(50));
  const codes = (await kit.finish(Promise.all(asks))).map((result) => result.ok || result.error.code);
  assertEquals(codes.filter((code) => code === "stopped").length, 8);
  assertEquals(codes.filter((code) => code === "overloaded").length, 12);
  assertEquals(new Set(await Promise.all(offers)), new Set(["stopped"]));
});

Deno.test("classic failures › A5 a handler that never returns holds up nobody but its own mailbox", async () => {
  const { kit, scope, ref } = setUp();
  const other = scope.spawn(PatientActor, undefined);
  const stuck = ref.ask("never", undefined, { timeoutMs: 50 });
  assertEquals((await kit.finish(other.ask("notes", undefined))).ok, true);
  const result = await kit.finish(stuck);
  assertEquals(result.ok || result.error.code, "timeout");
  await kit.finish(scope.close(10));
});

Deno.test("classic failures › A13 a handler that never returns is a crash once its grace is over", async () => {
  const { kit, scope, ref } = setUp({ graceMs: 100 });
  ref.tell("note", 1);
  const stuck = ref.ask("never", undefined, { timeoutMs: 50 });
  const behind = ref.ask("notes", undefined, { timeoutMs: 60_000 });
  assertEquals((await kit.finish(stuck)).ok, false);
  assertEquals(await kit.finish(behind), { ok: true, value: [] });
  await kit.finish(scope.close());
});

Deno.test("classic failures › A1 an overdue handler whose failure is ignored still runs alone", async () => {
  const kit = createTestKit(5);
  const scope = kit.createScope();
  const ref = scope.spawn(PatientActor, undefined, { graceMs: 10, policy: { directive: "ignore" } });
  const overdue = ref.ask("wait", 200, { timeoutMs: 20 });
  const behind = ref.ask("notes", undefined, { timeoutMs: 60_000 });
  assertEquals((await kit.finish(overdue)).ok, false);
  assertEquals(await kit.finish(behind), { ok: true, value: ["waited 200"] });
  await kit.finish(scope.close());
});

Deno.test("classic failures › A5 a reply after its deadline goes nowhere, and is counted once", async () => {
  const { kit, scope, ref } = setUp();
  const slow = ref.ask("wait", 200, { timeoutMs: 20 });
  const result = await kit.finish(slow);
  assertEquals(result.ok || result.error.code, "timeout");
  await kit.advance(300);
  assertEquals(await kit.finish(ref.ask("notes", undefined)), { ok: true, value: ["waited 200"] });
  const stats = kit.runtime.statsOf("PatientActor");
  assertEquals([stats.sent, stats.ok, stats.dead], [2, 2, 0]);
  await kit.finish(scope.close());
});

Deno.test("classic failures › A5 a handler's own asks end at the deadline of its message", async () => {
  const { kit, scope, ref } = setUp();
  const other = scope.spawn(PatientActor, undefined);
  const result = await kit.finish(ref.ask("askNever", { ref: other }, { timeoutMs: 100 }));
  assertEquals(result.ok || result.error.code, "timeout");
  assertEquals(await kit.finish(ref.ask("notes", undefined)), { ok: true, value: ["timeout"] });
  assert(kit.clock.now() < 200, `${kit.clock.now()}`);
  await kit.finish(scope.close(0));
});

Deno.test("classic failures › A3 answers under way don't hold up the mailbox, and a stop waits for them", async () => {
  const { kit, scope, ref } = setUp();
  const answer = ref.ask("waitLater", 100);
  assertEquals((await kit.finish(ref.ask("notes", undefined))).ok, true);
  assertEquals(kit.clock.now(), 0);
  const closed = scope.close(1_000);
  assertEquals(await kit.finish(answer), { ok: true, value: "waited" });
  await kit.finish(closed);
});

Deno.test("timers › A12 a timer arrives as a message, at its time", async () => {
  const { kit, scope, ref } = setUp();
  await kit.finish(ref.ask("after", 100));
  await kit.finish(ref.ask("every", 1_000));
  await kit.advance(90);
  assertEquals(await kit.finish(ref.ask("notes", undefined)), { ok: true, value: [] });
  await kit.advance(3_100);
  assertEquals(await kit.finish(ref.ask("notes", undefined)), { ok: true, value: Array(4).fill("tick") });
  await kit.finish(scope.close());
});

Deno.test("timers › A3 a timer goes before the messages that wait", async () => {
  const { kit, scope, ref } = setUp();
  await kit.finish(ref.ask("after", 10));
  const waits = Array.from({ length: 5 }, () => ref.ask("wait", 20));
  await kit.finish(Promise.all(waits));
  const notes = await kit.finish(ref.ask("notes", undefined));
  assertEquals(notes.ok && notes.value, ["waited 20", "tick", ...Array(4).fill("waited 20")]);
  await kit.finish(scope.close());
});

Deno.test("timers › A12 a timer waits until the running handler is done", async () => {
  const { kit, scope, ref } = setUp();
  await kit.finish(ref.ask("after", 10));
  const waiting = ref.ask("wait", 50);
  await kit.finish(waiting);
  const notes = await kit.finish(ref.ask("notes", undefined));
  assertEquals(notes.ok && notes.value, ["waited 50", "tick"]);
  await kit.finish(scope.close());
});

Deno.test("timers › A12 they die with their actor, at a stop and at a crash", async () => {
  const { kit, scope, ref } = setUp();
  await kit.finish(ref.ask("every", 100));
  await kit.finish(ref.ask("explode", undefined));
  await kit.advance(500);
  assertEquals(await kit.finish(ref.ask("notes", undefined)), { ok: true, value: [] });
  await kit.finish(ref.ask("every", 100));
  await kit.finish(scope.close());
  assertEquals([kit.runtime.wheel.size, kit.clock.nextMs], [0, Infinity]);
});

Deno.test("timers › A12 a timer that is cancelled by another one due at the same time doesn't fire", async () => {
  const { kit, scope } = setUp();
  const { runtime } = kit;
  const fired: string[] = [];
  const second = new WheelTimer(runtime, 101, () => fired.push("second"));
  new WheelTimer(runtime, 100, () => {
    fired.push("first");
    second.cancel();
  });
  await kit.advance(1_000);
  assertEquals(fired, ["first"]);
  await kit.finish(scope.close());
});

Deno.test("timers › A12 one that sets a later timer when it fires doesn't hold up those between", async () => {
  const { kit, scope } = setUp();
  const { runtime } = kit;
  const fired: number[] = [];
  const note = () => void fired.push(kit.clock.now());
  new WheelTimer(runtime, 104, () => void new WheelTimer(runtime, 5_000, note));
  new WheelTimer(runtime, 200, note);
  await kit.advance(1_000);
  assertEquals(fired, [200]);
  await kit.advance(5_000);
  assertEquals(fired, [200, 5_104]);
  await kit.finish(scope.close());
});

Deno.test("test mode › A16 the sender's object is not the actor's, and the actor's answer is not the caller's", async () => {
  const { kit, scope, ref } = setUp();
  const body = { list: [1] };
  ref.tell("note", body);
  body.list.push(2);
  const notes = await kit.finish(ref.ask("notes", undefined));
  assertEquals(notes, { ok: true, value: [{ list: [1] }] });
  assert(notes.ok && Object.isFrozen(notes.value) && Object.isFrozen(notes.value[0]));
  const details = { list: [1] };
  const refused = await kit.finish(ref.ask("refuse", details));
  assert(!refused.ok && refused.error.details !== details && Object.isFrozen(refused.error.details));
  await kit.finish(scope.close());
});

Deno.test("test kit › A17 the same seed is the same order of turns; other seeds find others", async () => {
  const orderOf = async (seed: number) => {
    const kit = createTestKit(seed);
    const scope = kit.createScope();
    const order: number[] = [];
    const asks = Array.from(
      { length: 6 },
      (_, i) => scope.spawn(PatientActor, undefined).ask("notes", undefined).then(() => order.push(i)),
    );
    await kit.finish(Promise.all(asks));
    await kit.finish(scope.close());
    return order.join();
  };
  assertEquals(await orderOf(42), await orderOf(42));
  const orders = new Set(await Promise.all(Array.from({ length: 20 }, (_, seed) => orderOf(seed))));
  assert(orders.size > 5, `${orders.size} orders`);
});

Deno.test("test kit › A17 a test that hangs fails, and says so", async () => {
  const kit = createTestKit(1);
  const message = await kit.finish(new Promise<void>(() => {})).catch((error: Error) => error.message);
  assertEquals(message, "Nothing is left that could finish this work: it hangs");
});

Deno.test("metrics › A15 one handling in 64 is timed, and gauges return to zero", async () => {
  const runtime = createRuntime();
  {
    await using scope = createScope({ runtime });
    const ref = scope.spawn(PatientActor, undefined);
    for (let i = 0; i < 640; i++) await ref.ask("notes", undefined);
    assertEquals(runtime.statsOf("PatientActor").actors, 1);
  }
  const { actors, depth, ok, durations } = runtime.statsOf("PatientActor");
  assertEquals([actors, depth, ok, durations.samples], [0, 0, 640, 10]);
  assertEquals(durations.counts.reduce((sum, count) => sum + count), 10);
});

Deno.test("speed › A20 a thousand asks with deadlines take one real timer and few turns", async () => {
  const clock = systemClock();
  const dispatcher = fairDispatcher();
  let [timers, turns] = [0, 0];
  const runtime = createRuntime({
    clock: {
      now: () => clock.now(),
      set: (callback, delayMs) => {
        timers++;
        return clock.set(callback, delayMs);
      },
    },
    dispatcher: {
      ready(runnable) {
        dispatcher.ready({
          run(batch) {
            turns++;
            return runnable.run(batch);
          },
        });
      },
    },
  });
  await using scope = createScope({ runtime });
  const ref = scope.spawn(PatientActor, undefined, { capacity: 1_000 });
  await Promise.all(Array.from({ length: 1_000 }, () => ref.ask("notes", undefined, { timeoutMs: 60_000 })));
  assertEquals(timers, 1);
  assert(turns <= 20, `${turns} turns`);
  assertEquals(runtime.statsOf("PatientActor").ok, 1_000);
});

Deno.test("speed › A20 a busy actor lets the event loop go round", async () => {
  await using scope = createScope({ deadlineMs: 0 });
  const [left, right] = [scope.spawn(PatientActor, undefined), scope.spawn(PatientActor, undefined)];
  let over = false;
  const play = async () => {
    while (!over) await Promise.all([left.ask("notes", undefined), right.ask("notes", undefined)]);
  };
  const playing = play();
  // It would never fire if all turns of the actors were microtasks.
  await new Promise<void>((resolve) => setTimeout(resolve, 1));
  over = true;
  await playing;
});
