import { assert, assertEquals } from "@std/assert";
import { isolateRuntime, type TypeStats } from "../../shared/actor/mod.ts";
import { homes } from "./fixtures/homes.ts";
import { settled } from "./fixtures/patience.ts";

const long = { timeoutMs: 10_000 };

for (const { name, open } of homes) {
  const rule = (title: string, test: () => Promise<void>) => Deno.test(`actor, ${name} › ${title}`, test);

  rule(
    "A3 an answer passes a full mailbox: an actor that waits for another is not stuck behind its own mailbox",
    async () => {
      await using home = await open({ capacity: 2 });
      const going = home.ref.ask("overlap", undefined, long);
      for (let i = 0; i < 200; i++) home.ref.tell("note", 1);
      assertEquals(await going, { ok: true, value: 1 });
    },
  );

  rule("A3 an actor that stops of its own accord answers first, and its watchers hear of it", async () => {
    await using home = await open();
    const ended = new Promise((resolve) => home.ref.watch(resolve));
    assertEquals(await home.ref.ask("finish", undefined, long), { ok: true, value: "finished" });
    assertEquals(await ended, "stopped");
    const late = await home.ref.ask("add", 1, long);
    assertEquals(late.ok || late.error.code, "stopped");
  });

  rule("A5 an ask without any time left fails at once, and is not handled", async () => {
    await using home = await open();
    const late = await home.ref.ask("add", 1, { timeoutMs: 0 });
    assertEquals(late.ok || late.error.code, "timeout");
    assertEquals(await home.ref.ask("total", undefined), { ok: true, value: 0 });
  });

  rule("A6 an ask that would wait for itself fails with `cycle`", async () => {
    await using home = await open();
    assertEquals(await home.front.ask("go", undefined, long), { ok: true, value: "cycle" });
  });

  rule("A6 the second of two actors finds the cycle too", async () => {
    await using home = await open();
    const result = await home.ref.ask("reflect", undefined, long);
    assertEquals(result, { ok: true, value: "at once: cycle" });
  });

  rule(
    "A7 more crashes than the budget allows end the actor, and its watchers are told the reason",
    async () => {
      await using home = await open({ policy: { maxRestarts: 1, backoffMs: 1 } });
      const ended = new Promise((resolve) => home.ref.watch(resolve));
      await home.ref.ask("explode", undefined, long);
      assertEquals(await settled(() => home.ref.ask("add", 1)), 1);
      await home.ref.ask("explode", undefined, long);
      assertEquals(await ended, "crashed");
      const late = await home.ref.ask("add", 1);
      assertEquals(late.ok || late.error.code, "stopped");
    },
  );

  rule("A7 `stop` ends the actor at its first crash", async () => {
    await using home = await open({ policy: { directive: "stop" } });
    const ended = new Promise((resolve) => home.ref.watch(resolve));
    await home.ref.ask("explode", undefined, long);
    assertEquals(await ended, "crashed");
  });

  rule("A8 a crash keeps the messages that wait beyond the posted window", async () => {
    await using home = await open({ capacity: 200 });
    await home.ref.ask("add", 5, long);
    const crash = home.ref.ask("explode", undefined, long);
    const behind = Array.from({ length: 120 }, () => home.ref.ask("add", 1, long));
    const crashed = await crash;
    assertEquals(crashed.ok || crashed.error.code, "crashed");
    const results = await Promise.all(behind);
    // The messages that had been posted to a Worker fail with it, at most a window of them.
    const failed = results.filter((result) => !result.ok);
    assert(failed.every((result) => !result.ok && result.error.code === "crashed"));
    assert(failed.length <= (name === "Worker" ? 63 : 0));
    assertEquals(results.at(-1), { ok: true, value: 120 - failed.length });
  });

  rule("A10 watchers are told once, with the reason", async () => {
    await using home = await open();
    const reasons: string[] = [];
    const ended = new Promise<void>((resolve) =>
      home.ref.watch((reason) => {
        reasons.push(reason);
        resolve();
      })
    );
    const forget = home.ref.watch(() => reasons.push("forgotten"));
    forget();
    await home.ref.ask("add", 1);
    await home.stop(1_000);
    await ended;
    await home[Symbol.asyncDispose]();
    assertEquals(reasons, ["stopped"]);
  });

  rule("A10 a watcher of an actor that has already ended is told too", async () => {
    await using home = await open();
    await home.ref.ask("add", 1);
    await home.stop(1_000);
    assertEquals(await new Promise((resolve) => home.ref.watch(resolve)), "stopped");
    assertEquals(await new Promise((resolve) => home.ref.watch(resolve)), "stopped");
  });

  rule("A14 a message that was taken in and is never handled is a dead letter", async () => {
    await using home = await open();
    const dead: string[] = [];
    const forget = isolateRuntime.observe({ deadLetter: ({ message }) => void dead.push(message) });
    const stuck = home.ref.ask("never", undefined, long);
    for (let i = 0; i < 3; i++) assertEquals(home.ref.tell("note", 1), "accepted");
    await home.ref.ask("total", undefined, { timeoutMs: 20 });
    await home.stop(0);
    await stuck;
    await home[Symbol.asyncDispose]();
    forget();
    // In a Worker the ask for the total is a dead letter, too; here only tells are compared.
    assertEquals(dead.filter((message) => message === "note"), ["note", "note", "note"]);
  });

  rule("A15 every message is counted once, by its outcome", async () => {
    await using home = await open();
    const before = counts(home.type);
    for (let i = 0; i < 3; i++) await home.ref.ask("add", 1);
    await home.ref.ask("add", -1);
    home.ref.tell("note", 1);
    await home.ref.ask("total", undefined);
    await home.ref.ask("explode", undefined);
    assertEquals(await settled(() => home.ref.ask("total", undefined)), 0);
    await home.stop(1_000);
    await home.ref.ask("total", undefined);
    const after = counts(home.type);
    const grown = Object.fromEntries(
      Object.entries(after).map(([key, value]) => [key, value - (before[key] ?? 0)]),
    );
    assertEquals(grown, { sent: 9, ok: 6, failed: 1, crashed: 1, refused: 1, dead: 0 });
  });

  rule("A16 sender and receiver share neither body nor answer", async () => {
    isolateRuntime.separate(true);
    try {
      await using home = await open();
      const body = { list: [1], bytes: new Uint8Array([1]) };
      const asked = home.ref.ask("echo", name === "remote" ? { list: body.list } : body);
      body.list.push(2);
      const result = await asked;
      assert(result.ok && typeof result.value === "object" && result.value !== null);
      assert("list" in result.value && result.value !== body);
      assertEquals(result.value.list, [1]);
      // An answer from another isolate is a copy.
      if (name === "in-isolate") assert(Object.isFrozen(result.value) && Object.isFrozen(result.value.list));
    } finally {
      isolateRuntime.separate(false);
    }
  });

  rule("A18 leaving the scope drains the mailbox", async () => {
    const waiting: Promise<{ readonly ok: boolean }>[] = [];
    {
      await using home = await open();
      for (let i = 0; i < 5; i++) waiting.push(home.ref.ask("overlap", undefined, long));
      await waiting[0];
      // A remote actor is in the other service's scope, whose last answers take a while to arrive.
      if (name === "remote") await Promise.all([home.stop(1_000), ...waiting]);
    }
    assertEquals((await Promise.all(waiting)).map(({ ok }) => ok), Array(5).fill(true));
  });

  rule("A19 the caller's trace goes along", async () => {
    await using home = await open();
    const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const result = await home.ref.ask("trace", undefined, { trace });
    assertEquals(result, { ok: true, value: trace });
  });
}

function counts(type: string): Record<string, number> {
  const stats: Partial<TypeStats> = isolateRuntime.stats().get(type) ?? {};
  const { sent = 0, ok = 0, failed = 0, crashed = 0, refused = 0, dead = 0 } = stats;
  return { sent, ok, failed, crashed, refused, dead };
}
