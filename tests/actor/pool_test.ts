import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type ActorContext,
  ask,
  createScope,
  inWorker,
  Pool,
  type PoolOptions,
  protocol,
  type Scope,
} from "../../shared/actor/mod.ts";
import { rawRef } from "../../shared/actor/ref_of.ts";
import { createTestKit } from "../../shared/actor/testing/mod.ts";
import { z } from "zod";
import { CounterActor } from "./fixtures/counter.ts";
import { settled } from "./fixtures/patience.ts";

const homes = [
  { name: "in-isolate", options: {} },
  { name: "Worker", options: { home: inWorker(new URL("./fixtures/counter_worker.ts", import.meta.url)) } },
] as const;
const long = { timeoutMs: 10_000 };

for (const { name, options } of homes) {
  const open = (scope: Scope, more: PoolOptions) =>
    new Pool(scope, CounterActor, { start: 0 }, { ...options, ...more });

  Deno.test(`pool, ${name} › A11 round-robin gives each member its turn`, async () => {
    await using scope = createScope();
    const pool = open(scope, { size: 2 });
    for (let i = 0; i < 6; i++) assertEquals((await pool.ask("add", 1, long)).ok, true);
    const totals = [await pool.ask("total", undefined, long), await pool.ask("total", undefined, long)];
    assertEquals(totals, [{ ok: true, value: 3 }, { ok: true, value: 3 }]);
  });

  Deno.test(`pool, ${name} › A11 least-loaded avoids the busy member`, async () => {
    await using scope = createScope({ deadlineMs: 0 });
    const pool = open(scope, { size: 2, routing: "least-loaded" });
    void pool.ask("never", undefined, { timeoutMs: Infinity });
    for (let i = 0; i < 4; i++) assertEquals((await pool.ask("add", 1, long)).ok, true);
    assertEquals(await pool.ask("total", undefined, long), { ok: true, value: 4 });
  });

  Deno.test(`pool, ${name} › A11 a dead member is replaced in its places`, async () => {
    await using scope = createScope();
    const pool = open(scope, { size: 2, policy: { maxRestarts: 0 } });
    const before = pool.forKey("a");
    const ended = new Promise((resolve) => before.watch(resolve));
    await before.ask("explode", undefined, long);
    await ended;
    const after = pool.forKey("a");
    assert(after.id !== before.id && after.path === before.path);
    assertEquals(await settled(() => after.ask("add", 1, long)), 1);
    assertEquals(pool.size, 2);
  });
}

Deno.test("pool › A11 a key stays with its member, and a change of size moves few keys", async () => {
  await using scope = createScope();
  const pool = new Pool(scope, CounterActor, { start: 0 }, { size: 8 });
  const keys = Array.from({ length: 2_000 }, (_, i) => `meeting-${i}`);
  const placed = () => keys.map((key) => pool.forKey(key).path);
  const before = placed();
  assertEquals(placed(), before);
  for (const path of new Set(before)) {
    const share = before.filter((one) => one === path).length / keys.length;
    assert(share > 0.05 && share < 0.25, `${path}: ${share}`);
  }
  await pool.resize(9);
  const grown = placed();
  const moved = keys.filter((_, i) => grown[i] !== before[i]);
  assert(moved.length > 0 && moved.length < keys.length / 4, `${moved.length} moved`);
  await pool.resize(8);
  assertEquals(placed(), before);
  await assertRejects(() => pool.resize(0), RangeError);
});

Deno.test("pool › A11 a member that is removed finishes its messages", async () => {
  await using scope = createScope();
  const pool = new Pool(scope, CounterActor, { start: 0 }, { size: 2 });
  const asks = Array.from({ length: 6 }, () => pool.ask("overlap", undefined, long));
  await pool.resize(1);
  assertEquals((await Promise.all(asks)).filter(({ ok }) => ok).length, 6);
  assertEquals(scope.describe().length, 1);
});

Deno.test("pool › A11 no member is replaced while the scope, or the pool's actor, ends", async () => {
  const kit = createTestKit(9);
  const born: string[] = [];
  class MemberActor {
    static readonly protocol = protocol({});
    constructor(init: { readonly born: (name: string) => void }) {
      init.born("member");
    }
  }
  const Owner = protocol({ size: ask(z.void(), z.number()), explode: ask(z.void(), z.void()) });
  class OwnerActor {
    static readonly protocol = Owner;
    readonly #pool: { readonly size: number };
    constructor(_init: void, context: ActorContext<typeof Owner>) {
      this.#pool = new Pool(context, MemberActor, { born: (name: string) => void born.push(name) }, {
        size: 3,
      });
    }
    size(): number {
      return this.#pool.size;
    }
    explode(): never {
      throw new Error("on demand");
    }
  }
  const scope = kit.createScope();
  new Pool(scope, MemberActor, { born: (name: string) => void born.push(name) }, { size: 2 });
  const owner = scope.spawn(OwnerActor, undefined);
  assertEquals(await kit.finish(owner.ask("size", undefined)), { ok: true, value: 3 });
  assertEquals(born.length, 5);
  // Another life has a pool of its own.
  await kit.finish(owner.ask("explode", undefined));
  assertEquals(await kit.finish(owner.ask("size", undefined)), { ok: true, value: 3 });
  assertEquals(born.length, 8);
  await kit.finish(scope.close());
  assertEquals(born.length, 8);
  assertEquals(rawRef(owner).load, 0);
});

Deno.test("pool › A11 members that die at once are not replaced without end", async () => {
  const kit = createTestKit(2);
  const scope = kit.createScope();
  const lives = { begun: 0 };
  const Stillborn = protocol({ answer: ask(z.void(), z.string()) });
  class StillbornActor {
    static readonly protocol = Stillborn;
    constructor(init: { readonly begin: () => number }) {
      if (init.begin() < 100) throw new Error("on demand");
    }
    answer(): string {
      return "alive";
    }
  }
  const init = { begin: () => lives.begun++ };
  const pool = new Pool(scope, StillbornActor, init, { size: 1, policy: { directive: "stop" } });
  await kit.settle();
  assert(lives.begun < 20, `${lives.begun} lives`);
  const result = await kit.finish(pool.ask("answer", undefined));
  assertEquals(result.ok || result.error.code, "stopped");
  // Later on it gets another chance.
  lives.begun = 100;
  await kit.advance(60_000);
  assertEquals(await kit.finish(pool.ask("answer", undefined)), { ok: true, value: "alive" });
  await kit.finish(scope.close());
});
