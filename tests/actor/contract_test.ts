import { assert, assertEquals } from "@std/assert";
import { homes } from "./fixtures/homes.ts";
import { settled, until } from "./fixtures/patience.ts";

// Long enough to be handled on a busy machine.
const impatient = { timeoutMs: 300 };

for (const { name, open } of homes) {
  const rule = (title: string, test: () => Promise<void>) => Deno.test(`actor, ${name} › ${title}`, test);

  rule("A4 an ask settles with the handler's value", async () => {
    await using home = await open();
    assertEquals(await home.ref.ask("add", 2), { ok: true, value: 2 });
  });

  rule("A4 an ask settles with one of the protocol's codes", async () => {
    await using home = await open();
    const result = await home.ref.ask("add", -1);
    assert(!result.ok);
    assertEquals([result.error.code, result.error.message], ["negative", "Only whole steps forward."]);
  });

  rule("A1 handlers never overlap", async () => {
    await using home = await open();
    const results = await Promise.all(Array.from({ length: 20 }, () => home.ref.ask("overlap", undefined)));
    assertEquals(results.map((result) => result.ok && result.value), Array(20).fill(1));
  });

  rule("A1 messages of one sender keep their order", async () => {
    await using home = await open({ capacity: 1_000 });
    for (let i = 1; i <= 100; i++) assertEquals(home.ref.tell("note", i), "accepted");
    assertEquals(await home.ref.ask("total", undefined), { ok: true, value: 5_050 });
  });

  rule("A2 a full mailbox refuses asks and tells at once, and the sender lives on", async () => {
    await using home = await open({ capacity: 4 });
    const blocked = home.ref.ask("waitForAbort", undefined, { timeoutMs: 60 });
    const outcomes = Array.from({ length: 200 }, () => home.ref.tell("note", 1));
    assert(outcomes.includes("overloaded"));
    const refused = await home.ref.ask("total", undefined);
    assert(!refused.ok && (refused.error.code === "overloaded" || refused.error.code === "restarting"));
    await blocked;
  });

  rule("A2 an offer waits for room", async () => {
    await using home = await open({ capacity: 1 });
    const offers = Array.from({ length: 100 }, () => home.ref.offer("note", 1));
    assertEquals(new Set(await Promise.all(offers)), new Set(["accepted"]));
    assertEquals(await settled(() => home.ref.ask("total", undefined)), 100);
  });

  rule("A4 an aborted ask settles with `aborted`", async () => {
    await using home = await open();
    const controller = new AbortController();
    const waiting = home.ref.ask("waitForAbort", undefined, { signal: controller.signal });
    controller.abort();
    const result = await waiting;
    assert(!result.ok);
    assertEquals(result.error.code, "aborted");
  });

  rule("A5 the handler's signal is aborted at the deadline", async () => {
    await using home = await open();
    await home.ref.ask("add", 1);
    const result = await home.ref.ask("waitForAbort", undefined, impatient);
    assert(!result.ok);
    assertEquals(result.error.code, "timeout");
    assertEquals(await settled(() => home.ref.ask("total", undefined)), 1_000);
  });

  rule("A5 a time limit that is not a number is refused", async () => {
    await using home = await open();
    const result = await home.ref.ask("total", undefined, { timeoutMs: Number("soon") });
    assert(!result.ok);
    assertEquals(result.error.code, "invalid");
    assertEquals((await home.ref.ask("total", undefined)).ok, true);
  });

  rule("A5 an expired message is skipped when its turn comes", async () => {
    await using home = await open();
    await home.ref.ask("add", 1);
    const slow = home.ref.ask("waitForAbort", undefined, impatient);
    const expired = await home.ref.ask("add", 7, { timeoutMs: 20 });
    assert(!expired.ok && expired.error.code === "timeout");
    await slow;
    assertEquals(await settled(() => home.ref.ask("total", undefined)), 1_000);
  });

  rule("A8 a crash fails only the message that crashed, and the next life starts afresh", async () => {
    await using home = await open();
    await home.ref.ask("add", 5);
    const crashed = await home.ref.ask("explode", undefined);
    assert(!crashed.ok);
    assertEquals(crashed.error.code, "crashed");
    assertEquals(await home.ref.ask("add", 1), { ok: true, value: 1 });
  });

  rule("A12 a timer arrives as a message", async () => {
    await using home = await open();
    await home.ref.ask("tickAfter", 1);
    assertEquals(await until(() => home.ref.ask("ticks", undefined), 1), 1);
  });

  rule("A3 stop closes the intake at once and drains the mailbox", async () => {
    await using home = await open();
    await home.ref.ask("add", 1);
    const waiting = Array.from({ length: 10 }, () => home.ref.ask("overlap", undefined));
    // It has begun, so the asks before it have been taken in.
    while (home.load() > 9) await new Promise((resolve) => setTimeout(resolve, 1));
    await home.stop(2_000);
    assert((await Promise.all(waiting)).every((result) => result.ok));
    const late = await home.ref.ask("add", 1);
    assert(!late.ok);
    assertEquals(late.error.code, "stopped");
  });

  rule("A9 a stop past its deadline cuts off, and every ask settles", async () => {
    await using home = await open();
    const stuck = home.ref.ask("never", undefined, { timeoutMs: 60_000 });
    const behind = home.ref.ask("add", 1, { timeoutMs: 60_000 });
    await home.stop(30);
    for (const result of await Promise.all([stuck, behind])) {
      assert(!result.ok && ["stopped", "crashed"].includes(result.error.code));
    }
  });

  rule("A18 leaving the scope settles the asks under way", async () => {
    let stuck: Promise<unknown>;
    {
      await using home = await open();
      stuck = home.ref.ask("never", undefined, { timeoutMs: 60_000 });
    }
    await stuck;
  });
}
