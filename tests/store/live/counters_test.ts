import { assertEquals } from "@std/assert";
import { valueOf } from "../../../shared/actor/mod.ts";
import { Counters, type LiveStore } from "../../../shared/store/live/mod.ts";
import { liveStoreKinds } from "./live_store_kinds.ts";

/** Three at once, and one more every ten seconds: Redis forgets a counter by its own clock, and not by these times. */
const rate = { count: 6, periodMs: 60_000, burst: 3 };
const START_MS = 1_700_000_000_000;

interface Cell {
  readonly rule: string;
  readonly key: string;
  readonly at_ms: number;
  readonly rate: typeof rate;
}

async function take({ counters }: LiveStore, taken: Partial<Cell>) {
  const cell = { rule: "guests", key: "192.0.2.1", at_ms: START_MS, rate, ...taken };
  return valueOf(await counters.ask("takeCell", cell));
}

for (const kind of liveStoreKinds) {
  Deno.test(`live store, ${kind.name} › a counter gives its burst at once, then one cell an interval`, async () => {
    await using home = await kind.create();
    const store = await home.another();
    const waits = async (at_ms: number, times: number) => {
      const answers = [];
      for (let n = 0; n < times; n++) answers.push(await take(store, { at_ms }));
      return answers;
    };
    assertEquals(await waits(START_MS, 5), [0, 0, 0, 10_000, 10_000]);
    assertEquals(await waits(START_MS + 4_000, 1), [6_000]);
    assertEquals(await waits(START_MS + 10_000, 2), [0, 10_000]);
    assertEquals(await waits(START_MS + 1_000_000, 4), [0, 0, 0, 10_000]);
  });

  Deno.test(`live store, ${kind.name} › each rule and each key has a counter of its own`, async () => {
    await using home = await kind.create();
    const store = await home.another();
    for (let n = 0; n < 3; n++) await take(store, {});
    assertEquals(await take(store, {}), 10_000);
    assertEquals(await take(store, { rule: "codes" }), 0);
    assertEquals(await take(store, { key: "192.0.2.2" }), 0);
    assertEquals(await take(store, {}), 10_000);
  });

  Deno.test(`live store, ${kind.name} › processes that take at once share one counter`, async () => {
    await using home = await kind.create();
    const [one, two] = [await home.another(), await home.another()];
    const waits = await Promise.all(
      Array.from({ length: 20 }, (_, n) => take(n % 2 === 0 ? one : two, {})),
    );
    assertEquals(waits.filter((waitMs) => waitMs === 0).length, 3);
  });

  Deno.test(`live store, ${kind.name} › cells that were taken elsewhere are added, beyond the rate too`, async () => {
    await using home = await kind.create();
    const [one, two] = [await home.another(), await home.another()];
    const cells = (key: string, cells: number) => ({ rule: "guests", key, rate, cells });
    const add = async ({ counters }: LiveStore, at_ms: number, ...added: ReturnType<typeof cells>[]) =>
      valueOf(await counters.ask("addCells", { cells: added, at_ms }));
    assertEquals(await add(one, START_MS, cells("a", 2), cells("b", 5)), [20_000, 50_000]);
    assertEquals(await add(two, START_MS + 10_000, cells("b", 1), cells("a", 4)), [50_000, 50_000]);
    // Three of the five cells that are still counted are more than the burst has room for.
    assertEquals(await take(one, { key: "a", at_ms: START_MS + 10_000 }), 30_000);
    assertEquals(await take(one, { key: "c", at_ms: START_MS + 10_000 }), 0);
    assertEquals(await add(two, START_MS + 1_000_000, cells("a", 1)), [10_000]);
    assertEquals(await add(two, START_MS), []);
  });

  Deno.test(`live store, ${kind.name} › a clock that is set back leaves waits as long as they were`, async () => {
    await using home = await kind.create();
    const store = await home.another();
    const back = START_MS - 3_600_000;
    const slow = { count: 1, periodMs: 60_000, burst: 3 };
    const takeAt = (at_ms: number) => take(store, { at_ms, rate: slow });
    for (let n = 0; n < 3; n++) assertEquals(await takeAt(START_MS), 0);
    assertEquals(await takeAt(back), 60_000);
    assertEquals(await takeAt(back + 20_000), 40_000);
    assertEquals(await takeAt(back + 60_000), 0);
    const cells = [{ rule: "guests", key: "b", rate: slow, cells: 2 }];
    const add = async (at_ms: number) => valueOf(await store.counters.ask("addCells", { cells, at_ms }));
    assertEquals([await add(START_MS), await add(back)], [[120_000], [240_000]]);
  });
}

Deno.test("live store › a rate that allows nothing is refused", () => {
  const cell = { rule: "guests", key: "192.0.2.1", at_ms: START_MS };
  const accepted = [{}, { count: 0 }, { periodMs: 0 }, { burst: 0 }, { burst: 1.5 }].map((part) =>
    Counters.takeCell.input.safeParse({ ...cell, rate: { ...rate, ...part } }).success
  );
  assertEquals(accepted, [true, false, false, false, false]);
});
