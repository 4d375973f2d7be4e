import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  demandOf,
  leastBudget,
  nextBudget,
  shareBudget,
  type Stream,
} from "../../../media/congestion/share_budget.ts";

const camera = (id: string, priority = 100): Stream => ({
  id,
  isScreen: false,
  priority,
  costs: [150, 500, 1_500],
  measured: null,
});
const screen: Stream = { id: "screen", isScreen: true, priority: 1, costs: [300], measured: null };
const shared = (streams: readonly Stream[], budget: number) =>
  Object.fromEntries(shareBudget(streams, budget));

Deno.test("budget › everybody gets the smallest layer before anybody gets more", () => {
  const streams = [camera("a"), camera("b"), camera("c")];
  assertEquals(shared(streams, 449), { a: 0, b: 0, c: -1 });
  assertEquals(shared(streams, 450), { a: 0, b: 0, c: 0 });
  assertEquals(shared(streams, 800), { a: 1, b: 0, c: 0 });
  assertEquals(shared(streams, 1_500), { a: 1, b: 1, c: 1 });
  assertEquals(shared(streams, 4_500), { a: 2, b: 2, c: 2 });
});

Deno.test("budget › screens go first, then priority, and the first gets its least out of anything", () => {
  const streams = [camera("a"), camera("b", 160), screen];
  assertEquals(shared(streams, 0), { screen: -1, b: -1, a: -1 });
  assertEquals(shared(streams, 1), { screen: 0, b: -1, a: -1 });
  assertEquals(shared(streams, 450), { screen: 0, b: 0, a: -1 });
  assertEquals(leastBudget(streams), 300);
});

Deno.test("budget › no share costs more than the budget or the least, and the next budget raises somebody", () => {
  const costs = fc.uniqueArray(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 3 })
    .map((list) => list.sort((one, other) => one - other));
  const streams = fc.uniqueArray(
    fc.record({
      id: fc.string(),
      isScreen: fc.boolean(),
      priority: fc.integer({ min: 1, max: 255 }),
      costs,
      measured: fc.constant(null),
    }),
    { selector: ({ id }) => id, minLength: 1, maxLength: 12 },
  );
  fc.assert(fc.property(streams, fc.integer({ min: 1, max: 40_000 }), (list, budget) => {
    const layers = shareBudget(list, budget);
    const sum = list.reduce((total, { id, costs }) => total + (costs[layers.get(id) ?? -1] ?? 0), 0);
    assert(sum <= Math.max(budget, leastBudget(list)));
    if (budget >= demandOf(list)) {
      return assert(list.every(({ id, costs }) => layers.get(id) === costs.length - 1));
    }
    const next = shareBudget(list, nextBudget(list, budget));
    const raised = list.some(({ id }) => (next.get(id) ?? -1) > (layers.get(id) ?? -1));
    assert(raised || sum >= demandOf(list));
  }));
});
