import { assert, assertEquals } from "@std/assert";
import { type ActorContext, ask, type Protocol, protocol } from "../../shared/actor/mod.ts";
import { createTestKit } from "../../shared/actor/testing/mod.ts";
import { CellRate, type Rate } from "../../shared/limits/gcra.ts";
import { SharedLimits, type TakenCells } from "../../shared/limits/shared_limits.ts";
import { z } from "zod";

/** By then a batch has gone out and was answered: its time, and what the timers' wheel rounds up. */
const SHARED_MS = 300;

const rates = {
  /** Three at once, one more each 100 ms. */
  wide: { count: 10, periodMs: 1_000, burst: 3 },
} satisfies Record<string, Rate>;

/** The counters that all share, as a store has them, and what came to it. */
function store() {
  const counters = new Map<string, CellRate>();
  const batches: (readonly TakenCells[])[] = [];
  const counterOf = ({ key, rate }: Omit<TakenCells, "cells">): CellRate => {
    const known = counters.get(key) ?? new CellRate(rate);
    counters.set(key, known);
    return known;
  };
  const place = {
    batches,
    isAway: false,
    add(cells: readonly TakenCells[], nowMs: number): readonly number[] | undefined {
      if (place.isAway) return undefined;
      batches.push(cells);
      return cells.map((taken) => {
        const counter = counterOf(taken);
        counter.add(nowMs, taken.cells);
        return counter.emptyMs - nowMs;
      });
    },
    take: (cell: Omit<TakenCells, "cells">, nowMs: number) =>
      place.isAway ? undefined : counterOf(cell).take(nowMs),
  };
  return place;
}

const Holder = protocol({ take: ask(z.string(), z.number()) });

/** `processes` of them, each with its limits, over one store. */
function processes(count: number, keys = 100) {
  const kit = createTestKit(1);
  const shared = store();
  const scope = kit.createScope();
  const limits: SharedLimits<"wide">[] = [];
  class HolderActor {
    static readonly protocol = Holder;
    constructor(_: void, context: ActorContext<typeof Holder>) {
      limits.push(
        new SharedLimits({
          rates,
          keys,
          context: context satisfies Pick<ActorContext<Protocol>, "clock" | "after" | "pipe">,
          add: (cells) => Promise.resolve(shared.add(cells, kit.clock.now())),
        }),
      );
    }
    take() {
      return 0;
    }
  }
  for (let index = 0; index < count; index++) scope.spawn(HolderActor, undefined);
  const takeExactly = async (index: number) =>
    await limits[index]?.takeExactly(
      "wide",
      "a",
      (cell) => Promise.resolve(shared.take(cell, kit.clock.now())),
    );
  return {
    kit,
    shared,
    limits,
    take: (index: number, key = "a") => limits[index]?.take("wide", key),
    takeExactly,
    [Symbol.asyncDispose]: () => scope.close(),
  };
}

Deno.test("shared limits › turns are decided at once, and go to the store in one batch a quarter of a second", async () => {
  await using p = processes(1);
  await p.kit.settle();
  assertEquals([p.take(0), p.take(0), p.take(0), p.take(0)], [0, 0, 0, 100]);
  p.take(0, "b");
  assertEquals(p.shared.batches, []);
  await p.kit.advance(SHARED_MS);
  assertEquals(p.shared.batches.map((batch) => batch.map(({ key, cells }) => [key, cells])), [
    [["a", 3], ["b", 1]],
  ]);
  await p.kit.advance(10_000);
  assertEquals(p.shared.batches.length, 1);
});

Deno.test("shared limits › what another process took counts here once the store has told", async () => {
  await using p = processes(2);
  await p.kit.settle();
  for (let n = 0; n < 3; n++) assertEquals([p.take(0), p.take(1)], [0, 0]);
  await p.kit.advance(SHARED_MS);
  // Six cells in all: three beyond the burst, which the rate has to make up for, in both.
  for (const index of [0, 1]) assert((p.take(index) ?? 0) > 0, String(index));
  let passed = 0;
  for (let ms = 0; ms < 10_000; ms += 50) {
    for (const index of [0, 1]) if (p.take(index) === 0) passed++;
    await p.kit.advance(50);
  }
  // The rate allows 100 in this time; each process may be a batch ahead of the other at any moment.
  assert(passed >= 90 && passed <= 110, String(passed));
});

Deno.test("shared limits › exact turns are never more than the burst, however many processes", async () => {
  await using p = processes(3);
  await p.kit.settle();
  const waits = await Promise.all(Array.from({ length: 30 }, (_, n) => p.takeExactly(n % 3)));
  assertEquals(waits.filter((waitMs) => waitMs === 0).length, 3);
  // Refused by the store, the next turn is refused here, too, without asking it.
  p.shared.isAway = true;
  for (const index of [0, 1, 2]) assertEquals(await p.takeExactly(index), 100);
});

Deno.test("shared limits › while the store is away each process counts alone", async () => {
  await using p = processes(2);
  await p.kit.settle();
  p.shared.isAway = true;
  for (const index of [0, 1]) {
    assertEquals([await p.takeExactly(index), p.take(index), p.take(index), p.take(index)], [0, 0, 0, 100]);
  }
  await p.kit.advance(10_000);
  assertEquals(p.take(0), 0);
});

Deno.test("shared limits › a million keys take no more memory than twice the keys that are kept", async () => {
  await using p = processes(1, 1_000);
  await p.kit.settle();
  for (let n = 0; n < 1_000_000; n++) p.take(0, `key ${n}`);
  assert((p.limits[0]?.size ?? Infinity) <= 2_000);
  // Nor do those that wait for the store: it gets what it can take, and the next turns go on.
  await p.kit.advance(60_000);
  assert(p.shared.batches.length > 0);
  assert(p.shared.batches.flat().length <= 10_000);
  assert(p.shared.batches.every((batch) => batch.length <= 500));
  assertEquals([p.take(0), p.take(0), p.take(0), p.take(0)], [0, 0, 0, 100]);
});
