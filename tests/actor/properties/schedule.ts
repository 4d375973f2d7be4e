import fc from "fast-check";
import type { SpawnOptions } from "../../../shared/actor/mod.ts";
import { behaviours, type Order } from "./node.ts";

/** The description of a tree of actors. */
export interface Plan {
  readonly options: SpawnOptions;
  readonly badLives: readonly number[];
  readonly slowStart: boolean;
  readonly slowStop: boolean;
  readonly children: readonly Plan[];
}

/** An event from outside of the tree. */
export type Step =
  | { readonly what: "ask"; readonly to: number; readonly order: Order; readonly timeoutMs: number }
  | { readonly what: "tell" | "offer"; readonly to: number; readonly order: Order }
  | { readonly what: "abort"; readonly to: number; readonly order: Order }
  | { readonly what: "advance"; readonly ms: number }
  | { readonly what: "stop"; readonly root: number; readonly deadlineMs: number };

export interface Schedule {
  readonly seed: number;
  readonly trees: readonly Plan[];
  readonly steps: readonly Step[];
  readonly deadlineMs: number;
}

const ms = fc.integer({ min: 0, max: 60 });
const target = fc.integer({ min: 0, max: 6 });
const order: fc.Arbitrary<Order> = fc.record({
  behaviour: fc.constantFrom(...behaviours),
  other: target,
  ms,
});

const options: fc.Arbitrary<SpawnOptions> = fc.record({
  capacity: fc.integer({ min: 1, max: 4 }),
  grouping: fc.constantFrom("one-for-one" as const, "all-for-one" as const),
  graceMs: fc.constantFrom(20, Infinity),
  policy: fc.record({
    directive: fc.constantFrom(
      "restart" as const,
      "restart" as const,
      "escalate" as const,
      "ignore" as const,
      "stop" as const,
    ),
    maxRestarts: fc.integer({ min: 0, max: 3 }),
  }),
});

const plan: (depth: number) => fc.Arbitrary<Plan> = fc.memo((depth) =>
  fc.record({
    options,
    badLives: fc.subarray([0, 1, 2], { maxLength: 1 }),
    slowStart: fc.boolean(),
    slowStop: fc.boolean(),
    children: depth <= 1 ? fc.constant([]) : fc.array(plan(depth - 1), { maxLength: 2 }),
  })
);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant("ask" as const),
      to: target,
      order,
      timeoutMs: fc.constantFrom(0, 10, 100, Infinity),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ what: fc.constantFrom("tell" as const, "offer" as const), to: target, order }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("abort" as const), to: target, order }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant("advance" as const), ms }) },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant("stop" as const),
      root: fc.integer({ min: 0, max: 2 }),
      deadlineMs: ms,
    }),
  },
);

/** Random trees with random events. */
export const schedule: fc.Arbitrary<Schedule> = fc.record({
  seed: fc.integer({ min: 0 }),
  trees: fc.array(plan(2), { minLength: 1, maxLength: 3 }),
  steps: fc.array(step, { minLength: 3, maxLength: 24 }),
  deadlineMs: fc.constantFrom(0, 30, 1_000),
});
