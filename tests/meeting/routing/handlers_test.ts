import { assert, assertEquals } from "@std/assert";
import { configureLogging } from "../../../shared/log/mod.ts";
import { differences } from "./support/compare.ts";
import { MediaMeeting } from "../../../meeting/routing/neighbours.ts";
import { RoutingWorld } from "./support/routing_world.ts";
import { handlerAt, moves, peopleOn, threePeople } from "./support/three_people.ts";

const layout = { mode: "grid", slots: 4 } as const;

Deno.test("handlers › a participant is on the handler of their region, others where the meeting is", async () => {
  await using world = await threePeople();
  assertEquals(peopleOn(world), [["ada", "bob"], ["eve"]]);
});

Deno.test("handlers › a full handler sends newcomers to the next one of the lease", async () => {
  await using world = new RoutingWorld(3, 16, 2);
  world.handler.faults.perRouter = 2;
  await world.kit.settle();
  for (const id of ["ada", "bob", "eve"]) assertEquals(await world.join(id), true, id);
  await world.produce("ada", "camera");
  await world.quiet();
  assertEquals(differences(world), []);
  assertEquals(peopleOn(world), [["ada", "bob"], ["eve"]]);
});

Deno.test("handlers › one that dies takes its own participants' media alone, and these go on elsewhere", async () => {
  await using world = await threePeople();
  const before = ["ada", "bob"].map((id) => world.people.get(id)?.client.transportId);
  world.die(handlerAt(world, 1), "refused");
  await world.quiet();
  assertEquals(differences(world), []);
  assertEquals(peopleOn(world), [["ada", "bob", "eve"], []]);
  assertEquals(moves(world, "eve"), ["the media handler was lost"]);
  assertEquals(["ada", "bob"].flatMap((id) => moves(world, id)), []);
  assertEquals(["ada", "bob"].map((id) => world.people.get(id)?.client.transportId), before);
});

Deno.test("handlers › while a link is lost nobody is moved, and newcomers go elsewhere after a second", async () => {
  await using world = await threePeople();
  world.cut("unreachable");
  await world.kit.advance(900);
  const joining = world.join("dan");
  assertEquals(await joining, true);
  await world.kit.advance(5_000);
  assertEquals(["ada", "bob", "eve"].flatMap((id) => moves(world, id)), []);
  assertEquals(peopleOn(world), [["ada", "bob"], ["dan", "eve"]]);
  world.heal();
  await world.quiet();
  assertEquals(differences(world), []);
  assertEquals(peopleOn(world), [["ada", "bob"], ["dan", "eve"]]);
});

Deno.test("handlers › where the lease's first one doesn't answer, a join waits a second for it and goes elsewhere", async () => {
  await using world = new RoutingWorld(3, 16, 2);
  world.cut("silent");
  const joining = world.join("ada");
  await world.kit.advance(1_500);
  assertEquals(peopleOn(world), [[], ["ada"]]);
  assertEquals(await joining, true);
  world.heal();
  await world.join("bob");
  await world.quiet();
  assertEquals(differences(world), []);
  assertEquals(peopleOn(world), [[], ["ada", "bob"]]);
});

Deno.test("handlers › after a failover one that answers late has the time for it: it keeps the media", async () => {
  await using world = new RoutingWorld(3, 16, 2);
  await world.kit.settle();
  await world.join("ada");
  await world.connect("ada");
  const { epoch } = world.handler.participants.get("ada") ?? {};
  world.handler.faults.slowMs = 1_800;
  await world.failOver();
  await world.kit.advance(1_500);
  await world.resume("ada");
  assertEquals(world.handler.participants.get("ada")?.epoch, epoch);
  world.heal();
  await world.quiet();
  assertEquals(differences(world), []);
  assertEquals(peopleOn(world), [["ada"], []]);
});

Deno.test("handlers › one that is slow holds up nobody on another", async () => {
  await using world = await threePeople();
  const [slow, other] = [handlerAt(world, 0), handlerAt(world, 1)];
  slow.faults.slowMs = 3_000;
  await world.setLayout("ada", { mode: "grid", slots: 1 });
  world.mute("ada", "microphone", true);
  await world.kit.settle();
  const batches = other.batches.length;
  await world.produce("eve", "camera");
  await world.join("dan", layout, false, "region of mh-2");
  assert(other.batches.length > batches);
  assertEquals(peopleOn(world)[1], ["dan", "eve"]);
  world.heal();
  await world.quiet();
  assertEquals(differences(world), []);
});

Deno.test("handlers › what comes while one is busy goes out with its answer, and not with the next inventory", async () => {
  await using world = await threePeople();
  await world.produce("eve", "camera");
  await world.quiet();
  world.handler.faults.slowMs = 200;
  const batches = world.handler.batches.length;
  for (const id of ["bob", "ada"]) await world.setLayout(id, { mode: "grid", slots: 0 });
  await world.kit.advance(500);
  const hidden = world.handler.batches.slice(batches).map((steps) =>
    steps.flatMap((step) => step.step === "consumer.set" && step.paused ? step.participant_id : [])
  );
  assertEquals(hidden, [["bob"], ["ada"]]);
});

Deno.test("handlers › a meeting stays on the one that it went to, though the first is there again", async () => {
  await using world = new RoutingWorld(3, 16, 2);
  await world.kit.settle();
  for (const id of ["ada", "bob"]) await world.join(id);
  world.die(world.handler, "refused");
  await world.kit.advance(2_000);
  world.heal();
  await world.kit.advance(2_000);
  await world.join("dan");
  assertEquals(peopleOn(world), [[], ["ada", "bob", "dan"]]);
  await world.quiet();
  await world.failOver();
  for (const id of ["ada", "bob", "dan"]) await world.resume(id);
  await world.join("eve");
  assertEquals(peopleOn(world), [[], ["ada", "bob", "dan", "eve"]]);
});

Deno.test("handlers › after a failover all of the lease are asked, and nothing stays open where nothing was", async () => {
  await using world = new RoutingWorld(3, 16, 3);
  await world.kit.settle();
  await world.join("ada");
  await world.join("eve", layout, false, "region of mh-2");
  await world.quiet();
  await world.failOver();
  await world.kit.advance(1_000);
  assertEquals(world.handlers.map(({ routers }) => routers.length), [1, 1, 0]);
  for (const id of ["ada", "eve"]) await world.resume(id);
  assertEquals(["ada", "eve"].flatMap((id) => moves(world, id)), []);
  await world.quiet();
  assertEquals(peopleOn(world), [["ada"], ["eve"], []]);
  assertEquals(differences(world), []);
});

Deno.test("handlers › a pipe of which one end was closed and opened again before a failover is joined after it", async () => {
  await using world = await threePeople();
  handlerAt(world, 1).reopenPipes();
  await world.failOver();
  await world.quiet();
  assertEquals(differences(world), []);
});

Deno.test("handlers › another one is asked for when all of the lease are gone, and everybody goes on there", async () => {
  await using world = new RoutingWorld(3, 16, 2, 1);
  await world.kit.settle();
  for (const id of ["ada", "bob"]) {
    await world.join(id);
    await world.produce(id, "microphone");
  }
  await world.quiet();
  assertEquals(peopleOn(world), [["ada", "bob"], []]);
  world.die(world.handler, "refused");
  await world.kit.advance(100);
  assertEquals(peopleOn(world), [[], ["ada", "bob"]]);
  const told = world.meeting.received.filter(({ name }) => name === "handlers").map(({ body }) => body);
  assertEquals(MediaMeeting.handlers.input.parse(told[0]).handlers.map(({ id }) => id), ["mh-1", "mh-2"]);
  await world.quiet();
  assertEquals(differences(world), []);
  // The next controller reads it in the lease.
  await world.failOver();
  await world.quiet();
  assertEquals(differences(world), []);
});

Deno.test("handlers › another one is asked for when all of the lease are full; without one the join is refused", async () => {
  await using world = new RoutingWorld(3, 16, 2, 1);
  for (const { faults } of world.handlers) faults.perRouter = 1;
  await world.kit.settle();
  assertEquals(await world.join("ada"), true);
  assertEquals(await world.join("bob"), true);
  assertEquals(peopleOn(world), [["ada"], ["bob"]]);
  assertEquals(await world.join("eve"), false);
});

Deno.test("handlers › one that is added after a take-back is opened at the generation of now", async () => {
  await using world = new RoutingWorld(3, 16, 2, 1);
  await world.kit.settle();
  await world.join("ada");
  await world.takeBack(3);
  // The controller that the meeting was handed to has been there at the generation between.
  handlerAt(world, 1).generation = 2;
  world.die(world.handler, "refused");
  await world.kit.advance(100);
  assertEquals(peopleOn(world), [[], ["ada"]]);
  assertEquals(world.meeting.received.filter(({ name }) => name === "fenced"), []);
  await world.quiet();
  assertEquals(differences(world), []);
});

for (const reachable of ["refused", "silent"] as const) {
  Deno.test(`handlers › a meeting's only handler starts anew at another address, its old one is ${reachable}`, async () => {
    await using world = new RoutingWorld(1, 16, 2, 1);
    await world.kit.settle();
    await world.join("ada");
    await world.produce("ada", "camera");
    world.hasOthers = false;
    world.die(world.handler, reachable);
    await world.kit.advance(20_000);
    world.hasMoved = true;
    await world.kit.advance(30_000);
    assertEquals(peopleOn(world), [[], ["ada"]]);
    const told = world.meeting.received.filter(({ name }) => name === "handlers");
    assertEquals(told.length, 1);
    const before = world.searchesMs.length;
    await world.join("bob");
    await world.kit.advance(30_000);
    assertEquals([peopleOn(world), world.searchesMs.length], [[[], ["ada", "bob"]], before]);
  });
}

Deno.test("handlers › of the searches in vain for another one the first is logged, and the one that finds it", async () => {
  const found: string[][] = [];
  configureLogging({
    service: "meeting",
    level: "info",
    write(line) {
      const { message, got } = JSON.parse(line);
      if (message === "asked for another media handler") found.push(got);
    },
  });
  await using world = new RoutingWorld(3, 16, 2, 1);
  await world.kit.settle();
  await world.join("ada");
  world.hasOthers = false;
  world.die(world.handler, "refused");
  await world.kit.advance(20_000);
  assert(world.searchesMs.length > 2, `${world.searchesMs}`);
  assertEquals(found, [[]]);
  world.hasOthers = true;
  await world.kit.advance(6_000);
  assertEquals(found, [[], ["mh-2"]]);
  assertEquals(peopleOn(world), [[], ["ada"]]);
});

Deno.test("handlers › meetings whose only handler is gone don't ask GC for another one at the same moments", async () => {
  const pausesMs = async (seed: number) => {
    await using world = new RoutingWorld(seed, 16, 1);
    await world.kit.settle();
    await world.join("ada");
    world.die(world.handler, "refused");
    await world.kit.advance(60_000);
    return world.searchesMs.slice(1).map((atMs, index) => atMs - (world.searchesMs[index] ?? 0));
  };
  const [one, other] = [await pausesMs(1), await pausesMs(2)];
  for (const pauses of [one, other]) {
    assert(pauses.length >= 11, `${pauses}`);
    assert(pauses.every((ms) => ms >= 2_500 && ms <= 5_000), `${pauses}`);
  }
  assert(one.every((ms, index) => ms !== other[index]), `${one} and ${other}`);
});

Deno.test("handlers › a short loss of a link is mended at once, however many there were before", async () => {
  await using world = new RoutingWorld(1, 16, 2, 1);
  await world.kit.settle();
  for (const id of ["ada", "bob"]) {
    await world.join(id);
    await world.produce(id, "microphone");
  }
  await world.quiet();
  for (let losses = 0; losses < 5; losses++) {
    await world.kit.advance(60_000);
    world.cut("yes");
  }
  await world.kit.settle();
  assertEquals(await world.join("cy"), true);
  assertEquals(peopleOn(world), [["ada", "bob", "cy"], []]);
});
