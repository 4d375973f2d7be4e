import { assertEquals, assertNotEquals } from "@std/assert";
import { shardMetrics } from "../../../meeting/metrics.ts";
import { ReceivingWatch } from "../../../meeting/routing/receiving_watch.ts";
import { RoutingWorld } from "./support/routing_world.ts";

const counts = (packets: number) => [{ consumer_id: "a", packets }];

function startWatch() {
  const dead: string[] = [];
  const watch = new ReceivingWatch({ metrics: shardMetrics(), onDead: (id) => void dead.push(id) });
  return { watch, dead };
}

/** Plays reports of one consumer that should flow: what arrived, and what was sent by then. Answers what was done. */
function play(...reports: readonly (readonly [received: number, sent: number])[]): string[] {
  const { watch, dead } = startWatch();
  return reports.map(([received, sent]) => {
    if (!watch.isSuspect("ada", counts(received), ["a"])) return "fine";
    if (watch.repair("ada", counts(sent)).restart_ice) return "restart ICE";
    return dead.splice(0).length > 0 ? "rebuild" : "nothing";
  });
}

Deno.test("receiving › while something arrives nothing is asked", () => {
  assertEquals(play([10, 0], [20, 0], [21, 0]), ["fine", "fine", "fine"]);
});

Deno.test("receiving › a path over which nothing arrives of what is sent restarts ICE, and then is rebuilt", () => {
  const done = play([10, 0], [10, 100], [10, 200], [10, 300], [10, 400]);
  assertEquals(done, ["fine", "nothing", "restart ICE", "rebuild", "fine"]);
});

Deno.test("receiving › where hardly anything is sent, nothing that arrives proves nothing", () => {
  assertEquals(play([10, 0], [10, 100], [10, 105], [10, 109]), ["fine", "nothing", "nothing", "nothing"]);
});

Deno.test("receiving › a path that works again after the restart begins anew", () => {
  const done = play([10, 0], [10, 100], [10, 200], [50, 300], [50, 400], [50, 500]);
  assertEquals(done, ["fine", "nothing", "restart ICE", "fine", "nothing", "restart ICE"]);
});

Deno.test("receiving › what is paused need not arrive", () => {
  const { watch } = startWatch();
  assertEquals([1, 2].map(() => watch.isSuspect("ada", counts(5), [])), [false, false]);
});

/** Ada and Bob, who receive each other's sound. */
async function twoWhoSpeak(): Promise<RoutingWorld> {
  const world = new RoutingWorld(7);
  await world.kit.settle();
  for (const id of ["ada", "bob"]) {
    await world.join(id);
    await world.produce(id, "microphone");
  }
  await world.react();
  return world;
}

Deno.test("receiving › a client over whose path nothing comes is told to restart ICE, and then given fresh transports", async () => {
  await using world = await twoWhoSpeak();
  await world.kit.advance(100);
  const before = world.people.get("ada")?.client.transportId;
  const answers: unknown[] = [];
  for (const packets of [0, 100, 200, 300]) {
    world.handler.sentPackets = packets;
    answers.push(await world.report("ada", 0));
    await world.kit.advance(5_000);
  }
  assertEquals(answers, [{}, {}, { restart_ice: true }, {}]);
  assertNotEquals(world.people.get("ada")?.client.transportId, before);
  assertEquals(world.people.get("ada")?.client.isMoved, true);
});

Deno.test("receiving › a client that reports much more often than it should has no media rebuilt", async () => {
  await using world = await twoWhoSpeak();
  const repairs = world.repairs.length;
  for (let packets = 0; packets < 2_000; packets += 100) {
    world.handler.sentPackets = packets;
    await world.report("ada", 0);
    await world.kit.advance(20);
  }
  assertEquals(world.repairs.slice(repairs).filter((cause) => cause === "rebuild"), []);
});
