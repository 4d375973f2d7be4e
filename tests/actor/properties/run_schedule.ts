import { createTestKit, type TestKit } from "../../../shared/actor/testing/mod.ts";
import { rawRef } from "../../../shared/actor/ref_of.ts";
import type { Scope } from "../../../shared/actor/mod.ts";
import { Node, type NodeInit, type Order, spawnNode } from "./node.ts";
import type { Plan, Schedule, Step } from "./schedule.ts";
import { createWorld, followed, numbered, type World } from "./world.ts";

/** Plays a schedule to its end, and answers all errors that were found. */
export async function runSchedule({ seed, trees, steps, deadlineMs }: Schedule): Promise<string[]> {
  const kit = createTestKit(seed);
  const world = createWorld();
  const scope = kit.createScope();
  let keys = 0;
  const initOf = (plan: Plan): NodeInit => {
    let lives = 0;
    return {
      world: () => world,
      key: keys++,
      badLives: plan.badLives,
      slowStart: plan.slowStart,
      slowStop: plan.slowStop,
      lives: () => lives++,
      children: plan.children.map((child) => ({ init: initOf(child), options: child.options })),
    };
  };
  const roots = trees.map((plan) => {
    const init = initOf(plan);
    spawnNode(scope, init, plan.options);
    return init.key;
  });
  for (const step of steps) await take(step, { kit, world, scope, roots });
  await kit.finish(scope.close(deadlineMs));
  await kit.settle();
  return [...world.wrong, ...leftovers(kit, world)];
}

interface Running {
  readonly kit: TestKit;
  readonly world: World;
  readonly scope: Scope;
  readonly roots: readonly number[];
}

async function take(step: Step, { kit, world, scope, roots }: Running): Promise<void> {
  if (step.what === "advance") return await kit.advance(step.ms);
  if (step.what === "stop") {
    const root = world.refs.get(roots[step.root % roots.length] ?? 0);
    if (root !== undefined) void scope.stopChild(root, step.deadlineMs);
    return;
  }
  const ref = world.refs.get(step.to);
  if (ref === undefined) return;
  const body = messageOf(world, step.to, step.order);
  if (step.what === "tell") ref.tell("hear", body);
  else if (step.what === "offer") void followed(world, ref.offer("hear", body));
  else if (step.what === "ask") void followed(world, ref.ask("obey", body, { timeoutMs: step.timeoutMs }));
  else {
    const controller = new AbortController();
    void followed(world, ref.ask("obey", body, { timeoutMs: Infinity, signal: controller.signal }));
    void followed(
      world,
      ref.offer("hear", messageOf(world, step.to, step.order), { signal: controller.signal }),
    );
    kit.clock.set(() => controller.abort(), step.order.ms);
  }
}

function messageOf(world: World, to: number, order: Order) {
  return { order, ...numbered(world, "outside", to) };
}

/** The traces of actors that are left after the scope; there must be none. */
function leftovers(kit: TestKit, world: World): string[] {
  const wrong: string[] = [];
  if (world.openAsks > 0) wrong.push(`${world.openAsks} asks and offers never settled`);
  if (kit.runtime.wheel.size > 0) wrong.push(`${kit.runtime.wheel.size} timers outlive their actors`);
  for (const { protocol, load } of [...world.refs.values()].map(rawRef)) {
    if (protocol === Node && load > 0) wrong.push(`a load of ${load} is left`);
  }
  for (const [type, stats] of kit.runtime.stats()) {
    const { actors, depth, sent, ok, failed, crashed, refused, dead } = stats;
    if (actors !== 0 || depth !== 0) wrong.push(`${type}: ${actors} actors, depth ${depth}`);
    const accounted = ok + failed + crashed + refused + dead;
    if (sent !== accounted) wrong.push(`${type}: sent ${sent}, but ${JSON.stringify(stats)}`);
  }
  return wrong;
}
