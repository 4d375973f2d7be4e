import { assertEquals } from "@std/assert";
import { type Body, valueOf } from "../../../shared/actor/mod.ts";
import { createTestKit } from "../../../shared/actor/testing/mod.ts";
import { ShardProbeActor } from "../../../global/placement/shard_probe.ts";
import type { ProbedShard, ShardProbe, Verdict } from "../../../global/placement/shard_probe_protocol.ts";

const question: Body<typeof ShardProbe, "verdict"> = {
  meeting_id: "m-1",
  generation: 1,
  controller_id: "mc-1",
  instance_id: "first",
  shard: "0",
  probe_url: "http://127.0.0.1:1/health",
  control_url: "http://127.0.0.1:2",
};

function prober() {
  const kit = createTestKit(1);
  const scope = kit.createScope();
  const probes: { readonly shard: ProbedShard; readonly decide: (verdict: Verdict) => void }[] = [];
  const actor = scope.spawn(ShardProbeActor, {
    probe(shard) {
      const { promise, resolve } = Promise.withResolvers<Verdict>();
      probes.push({ shard, decide: resolve });
      return promise;
    },
  });
  return {
    kit,
    probes,
    ask: async (change: Partial<typeof question> = {}) =>
      valueOf(await actor.ask("verdict", { ...question, ...change })),
    [Symbol.asyncDispose]: () => scope.close(),
  };
}

Deno.test("shard probe › all who ask meanwhile share one probe and its verdict, for each shard its own", async () => {
  await using all = prober();
  const { kit, probes, ask } = all;
  const here = Array.from({ length: 100 }, (_, n) => ask({ meeting_id: `m-${n}` }));
  const there = ask({ shard: "1" });
  await kit.settle();
  assertEquals(probes.map(({ shard }) => shard.shard), ["0", "1"]);
  probes[1]?.decide("alive");
  assertEquals(await there, "alive");
  probes[0]?.decide("undecided");
  assertEquals(new Set(await Promise.all(here)), new Set(["undecided"]));
});

Deno.test("shard probe › a dead shard is asked again after a second, any other at once", async () => {
  await using all = prober();
  const { kit, probes, ask } = all;
  const verdict = async (expected: Verdict) => {
    const asked = ask();
    await kit.settle();
    probes.at(-1)?.decide(expected);
    assertEquals(await asked, expected);
    return probes.length;
  };
  assertEquals([await verdict("undecided"), await verdict("alive"), await verdict("dead")], [1, 2, 3]);
  assertEquals(await ask(), "dead");
  await kit.advance(999);
  assertEquals([await ask(), probes.length], ["dead", 3]);
  await kit.advance(2);
  assertEquals(await verdict("alive"), 4);
});

Deno.test("shard probe › a meeting that was opened since a shard was found dead has it asked again", async () => {
  await using all = prober();
  const { kit, probes, ask } = all;
  const before = ask();
  await kit.settle();
  probes[0]?.decide("dead");
  assertEquals(await before, "dead");
  const back = ask({ generation: 2 });
  await kit.settle();
  probes[1]?.decide("alive");
  assertEquals([await back, probes.length], ["alive", 2]);
});
