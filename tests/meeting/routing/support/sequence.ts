import fc from "fast-check";
import type { Layout, MediaSource } from "../../../../shared/protocol/mod.ts";
import { differences } from "./compare.ts";
import { RoutingWorld } from "./routing_world.ts";

const person = fc.integer({ min: 0, max: 5 }).map((index) => `person-${index}`);
const source = fc.constantFrom<MediaSource>("microphone", "camera", "screen");
/** A handler, or a region; of those that the world has. */
const at = fc.nat({ max: 2 });
const region = fc.option(at.map((index) => `region of mh-${index + 1}`));
const layout: fc.Arbitrary<Layout> = fc.record({
  mode: fc.constantFrom("grid" as const, "speaker" as const, "pinned" as const),
  slots: fc.integer({ min: 0, max: 4 }),
  pinned: fc.uniqueArray(person, { maxLength: 2 }),
  tile: fc.constant({ width: 160, height: 90 }),
}, { requiredKeys: ["mode", "slots"] });

const act = fc.oneof(
  { weight: 6, arbitrary: fc.record({ act: fc.constant("join" as const), id: person, layout, region }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant("leave" as const), id: person }) },
  { weight: 4, arbitrary: fc.record({ act: fc.constant("resume" as const), id: person }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("lose path" as const), id: person }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant("fail over" as const) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("fail over amid pipes" as const), at }) },
  { weight: 6, arbitrary: fc.record({ act: fc.constant("produce" as const), id: person, source }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant("unpublish" as const), id: person, source }) },
  {
    weight: 2,
    arbitrary: fc.record({ act: fc.constant("pause" as const), id: person, source, paused: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant("layout" as const), id: person, layout }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant("speak" as const), id: person, at }) },
  {
    weight: 2,
    arbitrary: fc.record({ act: fc.constant("mute" as const), id: person, source, muted: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant("sound" as const),
      at,
      levels: fc.dictionary(person, fc.integer({ min: -127, max: 0 }), { maxKeys: 4 }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ act: fc.constant("react" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ act: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 20_000 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ act: fc.constant("slow" as const), ms: fc.constantFrom(0, 50, 3_000), at }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant("lose answers" as const),
      at,
      count: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("full" as const), full: fc.boolean(), at }) },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant("cut" as const),
      at,
      reachable: fc.constantFrom(
        "yes" as const,
        "refused" as const,
        "unreachable" as const,
        "silent" as const,
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant("die" as const),
      at,
      reachable: fc.constantFrom("yes" as const, "refused" as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ act: fc.constant("lose router" as const), index: fc.nat({ max: 2 }), at }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("drain" as const), at }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("heal" as const) }) },
);

const calmActs: ReadonlySet<Act["act"]> = new Set([
  "join",
  "leave",
  "produce",
  "unpublish",
  "pause",
  "layout",
  "speak",
  "mute",
  "sound",
  "react",
  "wait",
]);

type Act = typeof act extends fc.Arbitrary<infer A> ? A : never;

/** The events of a meeting and its handlers, in order. */
export const sequence = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  handlers: fc.integer({ min: 1, max: 3 }),
  /** How many of them the lease names; GC gives the others when it is asked. */
  leased: fc.integer({ min: 1, max: 3 }),
  /** How many participants a router takes, and how many routers the meeting gets on each handler. */
  perRouter: fc.constantFrom(1, 2, 99),
  routers: fc.integer({ min: 1, max: 3 }),
  audibleLimit: fc.constantFrom(1, 3, 16),
  acts: fc.array(act, { minLength: 3, maxLength: 30 }),
});

export type Sequence = typeof sequence extends fc.Arbitrary<infer S> ? S : never;

/** Plays a sequence, heals the handlers, waits, and answers all differences that are left. */
export async function play(
  { seed, acts, handlers, leased, perRouter, routers, audibleLimit }: Sequence,
): Promise<string[]> {
  await using world = new RoutingWorld(seed, audibleLimit, handlers, leased);
  for (const { faults } of world.handlers) Object.assign(faults, { perRouter, routers });
  await world.kit.settle();
  for (const one of acts) await take(world, one);
  world.heal();
  await world.quiet();
  const isOpen = await world.join("person-last");
  await world.produce("person-last", "microphone");
  await world.quiet();
  return [...isOpen ? [] : ["nobody can join any more"], ...differences(world)];
}

/** A meeting on one router of a handler that does as it is told. */
export const calmSequence = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  audibleLimit: fc.constantFrom(1, 3),
  acts: fc.array(
    act.filter((one) => calmActs.has(one.act)),
    { minLength: 3, maxLength: 30 },
  ),
});

/** Plays a sequence, and answers what the handler's inventories showed to be forgotten. */
export async function forgottenIn(
  { seed, audibleLimit, acts }: typeof calmSequence extends fc.Arbitrary<infer S> ? S : never,
): Promise<string[]> {
  await using world = new RoutingWorld(seed, audibleLimit);
  await world.kit.settle();
  for (const one of acts) await take(world, one);
  await world.kit.advance(40_000);
  return world.repairs.filter((cause) => cause === "period");
}

async function take(world: RoutingWorld, one: Act): Promise<void> {
  const handler = world.handlers["at" in one ? one.at % world.handlers.length : 0] ?? world.handler;
  switch (one.act) {
    case "join":
      return void await world.join(one.id, one.layout, false, one.region);
    case "leave":
      return world.people.has(one.id) ? await world.leave(one.id) : undefined;
    case "resume":
      return await world.resume(one.id);
    case "lose path":
      for (const each of world.handlers) each.losePath(one.id);
      return;
    case "fail over":
      return await world.failOver();
    case "fail over amid pipes":
      handler.reopenPipes();
      return await world.failOver();
    case "produce":
      return await world.produce(one.id, one.source);
    case "unpublish":
      return await world.unpublish(one.id, one.source);
    case "pause":
      return void await world.setPaused(one.id, one.source, one.paused);
    case "layout":
      return await world.setLayout(one.id, one.layout);
    case "speak":
      return handler.report({
        report: "speaker",
        router_id: handler.routers[0] ?? "none",
        participant_id: one.id,
      });
    case "mute":
      return world.mute(one.id, one.source, one.muted);
    case "sound":
      return handler.report({
        report: "levels",
        router_id: handler.routers[0] ?? "none",
        levels: Object.entries(one.levels).map(([participant_id, dbov]) => ({ participant_id, dbov })),
      });
    case "react":
      return await world.react();
    case "wait":
      return await world.kit.advance(one.ms);
    case "slow":
      handler.faults.slowMs = one.ms;
      return;
    case "lose answers":
      handler.faults.lostAnswers = one.count;
      return;
    case "full":
      handler.faults.full = one.full;
      return;
    case "cut":
      return world.cut(one.reachable, handler);
    case "die":
      return world.die(handler, one.reachable);
    case "drain":
      return handler.drain();
    case "lose router":
      return handler.loseRouter(one.index);
    case "heal":
      return world.heal();
  }
}
