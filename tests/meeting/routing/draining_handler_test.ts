import { assertEquals } from "@std/assert";
import { differences } from "./support/compare.ts";
import { RoutingWorld } from "./support/routing_world.ts";
import { handlerAt, moves, peopleOn, threePeople } from "./support/three_people.ts";

Deno.test("handlers › whoever is on one that drains is moved while it still forwards, and gone from it at last", async () => {
  await using world = await threePeople();
  await world.produce("ada", "camera");
  await world.quiet();
  const forwarded = () => [...world.handler.participants.values()].map(({ consumers }) => [...consumers]);
  const before = forwarded();
  world.handler.drain();
  await world.kit.advance(100);
  // What they had goes on: all of it is still there.
  assertEquals(peopleOn(world), [["ada", "bob"], ["ada", "bob", "eve"]]);
  assertEquals(forwarded(), before);
  for (const id of ["ada", "bob"]) assertEquals(moves(world, id), ["the media handler is about to end"]);
  assertEquals(moves(world, "eve"), []);
  await world.react();
  assertEquals(await world.join("dan"), true);
  await world.quiet();
  assertEquals(peopleOn(world), [[], ["ada", "bob", "dan", "eve"]]);
  assertEquals(differences(world), []);
});

Deno.test("handlers › what a participant is moved away from ends once all of it is replaced", async () => {
  await using world = await threePeople();
  world.handler.drain();
  await world.kit.advance(100);
  // Both have set their consumers up, and don't send again yet.
  const moved = ["ada", "bob"].flatMap((id) => world.people.get(id)?.client ?? []);
  for (const client of moved) client.isMoved = false;
  for (let round = 0; round < 3; round++) {
    await world.react();
    await world.kit.advance(500);
  }
  assertEquals(peopleOn(world), [["ada", "bob"], ["ada", "bob", "eve"]]);
  for (const client of moved) client.isMoved = true;
  for (let round = 0; round < 3; round++) {
    await world.react();
    await world.kit.advance(500);
  }
  assertEquals(peopleOn(world), [[], ["ada", "bob", "eve"]]);
  await world.quiet();
  assertEquals(differences(world), []);
});

Deno.test("handlers › what is sent anew after a move takes the older one's place once it is received", async () => {
  await using world = await threePeople();
  const camera = () => world.people.get("bob")?.sending.get("camera")?.producerId ?? "";
  const isSentToEve = (producerId: string) =>
    handlerAt(world, 1).participants.get("eve")?.consumers.get(producerId)?.paused === false;
  // Eve's client refuses the codec of the first.
  for (const id of ["ada", "bob"]) await world.produce(id, "camera");
  await world.quiet();
  const older = camera();
  assertEquals(isSentToEve(older), true);
  world.handler.drain();
  await world.kit.advance(100);
  await world.connect("bob");
  await world.produce("bob", "camera");
  const { client } = world.people.get("bob") ?? {};
  if (client !== undefined) client.isMoved = false;
  await world.kit.advance(500);
  // Its packets have come; Eve hasn't set it up yet.
  const newer = camera();
  assertEquals([older, newer].map(isSentToEve), [true, false]);
  await world.react();
  await world.kit.advance(500);
  assertEquals([older, newer].map(isSentToEve), [false, true]);
  if (client !== undefined) client.isMoved = true;
  await world.quiet();
  assertEquals(differences(world), []);
});

/** Ada and Bob on the first handler, which drains, while nobody goes on to the second: so it was for half a minute. */
async function nowhereToGo(prevent: (world: RoutingWorld) => void): Promise<RoutingWorld> {
  const world = new RoutingWorld(3, 16, 3, 2);
  world.hasOthers = false;
  await world.kit.settle();
  for (const id of ["ada", "bob"]) {
    await world.join(id);
    await world.produce(id, "microphone");
  }
  await world.quiet();
  prevent(world);
  const there = () =>
    [...world.handler.participants].map(([id, { epoch, consumers }]) => [id, epoch, consumers]);
  const before = structuredClone(there());
  world.handler.drain();
  for (let second = 0; second < 30; second++) {
    await world.react();
    await world.kit.advance(1_000);
  }
  assertEquals(there(), before);
  for (const id of ["ada", "bob"]) assertEquals(moves(world, id), []);
  return world;
}

for (
  const [what, prevent] of [
    ["refuses connections", (world: RoutingWorld) => world.die(handlerAt(world, 1), "refused")],
    ["takes nobody", (world: RoutingWorld) => Object.assign(handlerAt(world, 1).faults, { full: true })],
  ] as const
) {
  Deno.test(`handlers › whoever is on one that drains goes on there while the other one ${what}, and is moved to a third`, async () => {
    await using world = await nowhereToGo(prevent);
    // What changes meanwhile is brought about.
    await world.produce("ada", "camera");
    await world.kit.advance(1_000);
    assertEquals(world.handler.participants.get("bob")?.consumers.size, 2);
    world.hasOthers = true;
    await world.kit.advance(6_000);
    for (const id of ["ada", "bob"]) assertEquals(moves(world, id), ["the media handler is about to end"]);
    await world.quiet();
    assertEquals(peopleOn(world), [[], [], ["ada", "bob"]]);
    assertEquals(differences(world), []);
  });
}

Deno.test("handlers › whoever is on one that drains is moved once the other one is there", async () => {
  await using world = await nowhereToGo((world) => world.die(handlerAt(world, 1), "refused"));
  world.cut("yes", handlerAt(world, 1));
  await world.kit.advance(3_000);
  for (const id of ["ada", "bob"]) assertEquals(moves(world, id), ["the media handler is about to end"]);
  await world.quiet();
  assertEquals(peopleOn(world), [[], ["ada", "bob"], []]);
  assertEquals(differences(world), []);
});

Deno.test("handlers › whoever is being moved to one that then drains, too, stays, and leaves nothing there", async () => {
  await using world = await threePeople();
  world.hasOthers = false;
  handlerAt(world, 1).faults.slowMs = 1_000;
  world.handler.drain();
  await world.kit.advance(500);
  handlerAt(world, 1).drain();
  await world.kit.advance(4_000);
  assertEquals(peopleOn(world), [["ada", "bob"], ["eve"]]);
  for (const id of ["ada", "bob", "eve"]) assertEquals(moves(world, id), []);
  await world.kit.advance(20_000);
  assertEquals(peopleOn(world), [["ada", "bob"], ["eve"]]);
});

Deno.test("handlers › whoever is being moved to one that doesn't answer stays, though an inventory comes meanwhile", async () => {
  await using world = await threePeople();
  handlerAt(world, 1).faults.slowMs = 20_000;
  world.handler.drain();
  await world.kit.advance(20_000);
  for (const id of ["ada", "bob"]) assertEquals(moves(world, id), []);
});

Deno.test("handlers › a mute holds on what is left of a participant on the handler that they are moved away from", async () => {
  await using world = await threePeople();
  world.handler.drain();
  await world.kit.advance(100);
  world.mute("ada", "microphone", true);
  await world.kit.settle();
  const paused = world.handlers.map(({ participants }) =>
    [...participants.get("ada")?.producers.values() ?? []].map((one) => one.paused)
  );
  assertEquals(paused, [[true], []]);
  await world.quiet();
  assertEquals(differences(world), []);
});
