import { assert, assertEquals } from "@std/assert";
import {
  type ActorContext,
  type ActorRef,
  ask,
  protocol,
  type SpawnOptions,
} from "../../shared/actor/mod.ts";
import { createTestKit } from "../../shared/actor/testing/mod.ts";
import { z } from "zod";

const Fragile = protocol({
  count: ask(z.void(), z.number()),
  explode: ask(z.void(), z.void()),
  never: ask(z.void(), z.void()),
  child: ask(z.string(), z.void()),
});
type FragileRef = ActorRef<typeof Fragile>;

interface FragileInit {
  readonly log: (line: string) => void;
  readonly name: string;
  readonly children?: readonly string[];
  /** Lives, counted from 0, whose constructors throw. */
  readonly badLives?: readonly number[];
  readonly childPolicy?: SpawnOptions["policy"];
  readonly found?: (name: string, ref: FragileRef) => void;
  readonly lives: { count: number };
}

/** Counts up, explodes, and says when a life of it begins and ends. */
class FragileActor {
  static readonly protocol = Fragile;
  readonly #init: FragileInit;
  #count = 0;

  constructor(init: FragileInit, context: ActorContext<typeof Fragile>) {
    this.#init = init;
    const { log, name, lives, badLives = [], children = [], childPolicy, found } = init;
    const life = lives.count++;
    if (badLives.includes(life)) throw new Error("bad life");
    log(`${name} begins`);
    context.cleanup(() => log(`${name} ends`));
    for (const child of children) {
      const childInit = { log, name: child, lives: { count: 0 } };
      const ref = context.spawn(FragileActor, childInit, { name: child, policy: childPolicy ?? {} });
      found?.(child, ref);
    }
  }

  count(): number {
    return ++this.#count;
  }

  explode(): never {
    throw new Error(`${this.#init.name}, on demand`);
  }

  never(): Promise<void> {
    return new Promise(() => {});
  }

  child(): void {}
}

function setUp(options: { readonly grouping?: "all-for-one" } = {}) {
  const kit = createTestKit(7);
  const failures: string[] = [];
  const log: string[] = [];
  const scope = kit.createScope({ ...options, onFailure: (_, path) => void failures.push(path) });
  const spawn = (name: string, policy: SpawnOptions["policy"] = {}, init: Partial<FragileInit> = {}) =>
    scope.spawn(
      FragileActor,
      // An object with a class stays what it is in test mode; the count is the test's own.
      { log: (line) => void log.push(line), name, lives: { count: 0 }, ...init },
      { name, policy },
    );
  const codeOf = async (ref: FragileRef, message: "explode" | "count" | "never", timeoutMs = 60_000) => {
    const result = await kit.finish(ref.ask(message, undefined, { timeoutMs }));
    return result.ok ? result.value : result.error.code;
  };
  return { kit, scope, spawn, codeOf, log, failures };
}

Deno.test("supervision › A7 the first restart comes at once, each further one waits longer, with jitter", async () => {
  const { kit, scope, spawn, codeOf } = setUp();
  const ref = spawn("a", { maxRestarts: 4, backoffMs: 100, maxBackoffMs: 250, windowMs: 60_000 });
  const delays: number[] = [];
  for (let i = 0; i < 4; i++) {
    assertEquals(await codeOf(ref, "explode"), "crashed");
    const fromMs = kit.clock.now();
    assertEquals(await codeOf(ref, "count"), 1);
    delays.push(kit.clock.now() - fromMs);
  }
  const [first, second = 0, third = 0, fourth = 0] = delays;
  assertEquals(first, 0);
  assert(second >= 50 && second <= 108, `${second}`);
  assert(third >= 100 && third <= 208, `${third}`);
  assert(fourth >= 125 && fourth <= 258, `${fourth}`);
  await kit.finish(scope.close());
});

Deno.test("supervision › A7 more restarts than the budget allows escalate, and the scope hears of it", async () => {
  const { kit, scope, spawn, codeOf, failures } = setUp();
  const ref = spawn("a", { maxRestarts: 2, backoffMs: 1 });
  for (let i = 0; i < 3; i++) assertEquals(await codeOf(ref, "explode"), "crashed");
  assertEquals(failures, ["a"]);
  assertEquals(await codeOf(ref, "count"), "stopped");
  await kit.finish(scope.close());
});

Deno.test("supervision › A7 restarts that are older than the window cost nothing", async () => {
  const { kit, scope, spawn, codeOf, failures } = setUp();
  const ref = spawn("a", { maxRestarts: 1, windowMs: 1_000 });
  for (let i = 0; i < 5; i++) {
    assertEquals(await codeOf(ref, "explode"), "crashed");
    await kit.advance(1_100);
  }
  assertEquals(failures, []);
  await kit.finish(scope.close());
});

Deno.test("supervision › A7 the budget is each child's own", async () => {
  const { kit, scope, spawn, codeOf, failures } = setUp();
  const [a, b] = [spawn("a", { maxRestarts: 1 }), spawn("b", { maxRestarts: 1 })];
  for (const ref of [a, b]) assertEquals(await codeOf(ref, "explode"), "crashed");
  assertEquals(await codeOf(a, "count"), 1);
  assertEquals(failures, []);
  await kit.finish(scope.close());
});

Deno.test("supervision › A7 one-for-one leaves the siblings alone", async () => {
  const { kit, scope, spawn, codeOf } = setUp();
  const [a, b] = [spawn("a"), spawn("b")];
  assertEquals(await codeOf(b, "count"), 1);
  await codeOf(a, "explode");
  assertEquals(await codeOf(b, "count"), 2);
  await kit.finish(scope.close());
});

Deno.test("supervision › A7 all-for-one restarts the siblings too", async () => {
  const { kit, scope, spawn, codeOf } = setUp({ grouping: "all-for-one" });
  const [a, b] = [spawn("a"), spawn("b")];
  assertEquals(await codeOf(b, "count"), 1);
  await codeOf(a, "explode");
  assertEquals(await codeOf(b, "count"), 1);
  await kit.finish(scope.close());
});

Deno.test("supervision › A7 a sibling that fails again in the back-off costs the others one new life, not two", async () => {
  const { kit, scope, spawn, codeOf, log } = setUp({ grouping: "all-for-one" });
  const fragile = spawn("fragile", { backoffMs: 100 }, { badLives: [1] });
  const sibling = spawn("sibling");
  await kit.settle();
  log.length = 0;
  await codeOf(fragile, "explode");
  assertEquals([await codeOf(fragile, "count"), await codeOf(sibling, "count")], [1, 1]);
  await kit.advance(1_000);
  const begun = log.filter((line) => line === "sibling begins").length;
  const ended = log.filter((line) => line === "sibling ends").length;
  assertEquals([begun, ended], [1, 1], log.join(", "));
  await kit.finish(scope.close());
});

Deno.test("supervision › A7 `ignore` goes on with the state as it is", async () => {
  const { kit, scope, spawn, codeOf } = setUp();
  const ref = spawn("a", { directive: "ignore" });
  await codeOf(ref, "count");
  assertEquals(await codeOf(ref, "explode"), "crashed");
  assertEquals(await codeOf(ref, "count"), 2);
  await kit.finish(scope.close());
});

Deno.test("supervision › A7 `ignore` can't go on without an object, and starts another life", async () => {
  const { kit, scope, spawn, codeOf } = setUp();
  const ref = spawn("a", { directive: "ignore" }, { badLives: [0] });
  assertEquals(await codeOf(ref, "count"), 1);
  await kit.finish(scope.close());
});

Deno.test("supervision › A7 `stop` ends the child, and nobody else", async () => {
  const { kit, scope, spawn, codeOf, failures } = setUp();
  const [a, b] = [spawn("a", { directive: "stop" }), spawn("b")];
  await codeOf(a, "explode");
  assertEquals([await codeOf(a, "count"), await codeOf(b, "count"), failures.length], ["stopped", 1, 0]);
  await kit.finish(scope.close());
});

Deno.test("supervision › A7 `escalate` makes it the parent's failure: it restarts with new children", async () => {
  const { kit, scope, spawn, codeOf, log } = setUp();
  const children: FragileRef[] = [];
  const parent = spawn("parent", {}, {
    children: ["child"],
    childPolicy: { directive: "escalate" },
    found: (_, ref) => void children.push(ref),
  });
  assertEquals(await codeOf(parent, "count"), 1);
  const [child] = children;
  assert(child !== undefined);
  await codeOf(child, "explode");
  assertEquals(await codeOf(parent, "count"), 1);
  assertEquals(log, [
    "parent begins",
    "child begins",
    "child ends",
    "parent ends",
    "parent begins",
    "child begins",
  ]);
  await kit.finish(scope.close());
});

Deno.test("supervision › A8 a constructor that throws is a crash: waiting messages stay until one succeeds", async () => {
  const { kit, scope, spawn, codeOf } = setUp();
  const ref = spawn("a", { backoffMs: 10 }, { badLives: [1, 2] });
  const crash = ref.ask("explode", undefined);
  const waiting = ref.ask("count", undefined);
  assertEquals((await kit.finish(crash)).ok, false);
  assertEquals(await kit.finish(waiting), { ok: true, value: 1 });
  assertEquals(await codeOf(ref, "count"), 2);
  await kit.finish(scope.close());
});

Deno.test("supervision › A8 between two lives a full mailbox answers `restarting`", async () => {
  const { kit, scope, log } = setUp();
  const ref = scope.spawn(
    FragileActor,
    { log: (line) => void log.push(line), name: "a", lives: { count: 0 }, badLives: [1, 2] },
    { capacity: 1, policy: { backoffMs: 10_000 } },
  );
  await kit.finish(ref.ask("explode", undefined));
  const waiting = ref.ask("count", undefined, { timeoutMs: 60_000 });
  const refused = await kit.finish(ref.ask("count", undefined));
  assertEquals(refused.ok || refused.error.code, "restarting");
  assertEquals(await kit.finish(waiting), { ok: true, value: 1 });
  await kit.finish(scope.close());
});

Deno.test("supervision › A8 a stop during the back-off settles the waiting messages, and no further life begins", async () => {
  const { kit, scope, spawn, log } = setUp();
  const ref = spawn("a", { backoffMs: 5_000 });
  await kit.finish(ref.ask("explode", undefined));
  await kit.finish(ref.ask("explode", undefined));
  const waiting = ref.ask("count", undefined, { timeoutMs: Infinity });
  log.length = 0;
  await kit.finish(scope.close());
  const result = await kit.finish(waiting);
  assertEquals(result.ok || result.error.code, "stopped");
  await kit.advance(20_000);
  assertEquals([log.length, kit.runtime.wheel.size], [0, 0]);
});

Deno.test("supervision › A9 children stop before their parent, the newest first", async () => {
  const { kit, scope, spawn, log } = setUp();
  spawn("parent", {}, { children: ["first", "second"] });
  spawn("later");
  await kit.settle();
  log.length = 0;
  await kit.finish(scope.close());
  assertEquals(log, ["later ends", "second ends", "first ends", "parent ends"]);
});

Deno.test("supervision › A9 an older child still works while a newer one drains", async () => {
  const { kit, scope, spawn } = setUp();
  const older = spawn("older");
  const newer = spawn("newer");
  const stuck = newer.ask("never", undefined, { timeoutMs: Infinity });
  await kit.settle();
  const closed = scope.close(100);
  assertEquals(await kit.finish(older.ask("count", undefined)), { ok: true, value: 1 });
  await kit.finish(closed);
  const result = await stuck;
  assertEquals(result.ok || result.error.code, "stopped");
  assert(kit.clock.now() >= 100);
});

Deno.test("supervision › A9 a second stop with a shorter deadline cuts the first one short", async () => {
  const { kit, scope, spawn } = setUp();
  const ref = spawn("a");
  const stuck = ref.ask("never", undefined, { timeoutMs: Infinity });
  await kit.settle();
  const slow = scope.stopChild(ref, 60_000);
  await kit.finish(scope.close(10));
  await kit.finish(Promise.all([slow, stuck]));
  assert(kit.clock.now() < 1_000, `${kit.clock.now()}`);
});

Deno.test("supervision › A9 a release that never ends doesn't hold up the stop", async () => {
  const kit = createTestKit(3);
  const scope = kit.createScope();
  class HoldingActor {
    static readonly protocol = protocol({});
    constructor(_init: void, context: ActorContext<Record<never, never>>) {
      context.cleanup(() => new Promise(() => {}));
    }
  }
  scope.spawn(HoldingActor, undefined);
  await kit.finish(scope.close(50));
  assertEquals(scope.describe(), []);
});

Deno.test("supervision › A7 the tree can be described: paths, types, states, depths and restarts", async () => {
  const { kit, scope, spawn, codeOf } = setUp();
  const parent = spawn("parent", {}, { children: ["child"] });
  const stuck = spawn("stuck");
  await codeOf(parent, "explode");
  await codeOf(parent, "count");
  const asks = [0, 1, 2].map(() => stuck.ask("never", undefined, { timeoutMs: Infinity }));
  await kit.settle();
  const node = { type: "FragileActor", state: "running", depth: 0, restarts: 0, children: [] };
  assertEquals(scope.describe(), [
    { ...node, path: "parent", restarts: 1, children: [{ ...node, path: "parent/child" }] },
    { ...node, path: "stuck", depth: 2 },
  ]);
  await kit.finish(scope.close(0));
  await Promise.all(asks);
});
