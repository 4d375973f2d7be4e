import { assertEquals } from "@std/assert";
import { differences } from "./support/compare.ts";
import { RoutingWorld } from "./support/routing_world.ts";
import { toldSources } from "./support/told_sources.ts";
import { handlerAt, moves, threePeople } from "./support/three_people.ts";

const [MS, SECOND] = [1, 1_000];

/** Bob is moved, and sends his camera anew. Eve still receives the older one. Answers its id. */
async function bobSendsAnew(world: RoutingWorld): Promise<string> {
  for (const id of ["ada", "bob"]) await world.produce(id, "camera");
  await world.quiet();
  const { client, sending } = bobOf(world);
  const older = sending.get("camera")?.producerId ?? "";
  world.handler.drain();
  await world.kit.advance(100 * MS);
  await world.connect("bob");
  await world.produce("bob", "camera");
  client.isMoved = false;
  await world.kit.advance(200 * MS);
  assertEquals(world.handler.participants.get("bob")?.producers.has(older), true);
  return older;
}

function bobOf({ people }: RoutingWorld) {
  const bob = people.get("bob");
  if (bob === undefined) throw new Error("Bob is not there");
  return bob;
}

function sourceNames(world: RoutingWorld): string[] {
  return toldSources(world, "bob").map(({ source }) => source);
}

Deno.test("move › switching a camera off closes the older producer that it was to replace", async () => {
  await using world = await threePeople();
  const older = await bobSendsAnew(world);
  await world.unpublish("bob", "camera");
  await world.kit.advance(2 * SECOND);
  assertEquals(sourceNames(world), ["microphone"]);
  const eve = handlerAt(world, 1).participants.get("eve");
  assertEquals(eve?.consumers.has(older), false);
});

Deno.test("move › a pause holds for the older producer that is to be replaced, too", async () => {
  await using world = await threePeople();
  const older = await bobSendsAnew(world);
  await world.setPaused("bob", "camera", true);
  await world.kit.advance(1 * SECOND);
  assertEquals(world.handler.participants.get("bob")?.producers.get(older)?.paused, true);
});

Deno.test("move › what is sent over the older transports meanwhile costs no second move", async () => {
  await using world = await threePeople();
  handlerAt(world, 1).faults.slowMs = 300 * MS;
  world.handler.drain();
  await world.kit.advance(50 * MS);
  assertEquals(moves(world, "bob"), [], "the other handler has not answered yet");
  await world.produce("bob", "camera");
  assertEquals(sourceNames(world), ["microphone", "camera"]);
  await world.kit.advance(400 * MS);
  handlerAt(world, 1).faults.slowMs = 0;
  await world.kit.advance(6 * SECOND);
  await world.quiet();
  assertEquals(moves(world, "bob"), ["the media handler is about to end"]);
  assertEquals(differences(world), []);
});

Deno.test("move › a handler's late answer about a camera doesn't keep others from the one that took its place", async () => {
  await using world = await threePeople();
  world.handler.faults.slowMs = 1 * SECOND;
  const late = world.produce("bob", "camera");
  await world.kit.advance(100 * MS);
  world.handler.drain();
  await world.kit.advance(100 * MS);
  await world.connect("bob");
  await world.produce("bob", "camera");
  const { client, sending } = bobOf(world);
  client.isMoved = false;
  const newer = sending.get("camera")?.producerId ?? "";
  await late;
  for (let step = 0; step < 20; step++) {
    await world.kit.advance(100 * MS);
    await world.react();
  }
  const eve = handlerAt(world, 1).participants.get("eve");
  assertEquals(eve?.consumers.get(newer)?.paused, false);
  const cameras = world.handler.participants.get("bob")?.producers.values().map(({ source }) => source);
  assertEquals(cameras?.toArray().includes("camera") ?? false, false);
});

Deno.test("move › a second one, 12 s after the first, ends nothing before what replaces it is there", async () => {
  await using world = new RoutingWorld(3, 16, 3);
  await world.kit.settle();
  for (const id of ["ada", "bob"]) await world.join(id);
  await world.produce("bob", "microphone");
  await world.quiet();
  /** The handler that has Bob is about to end. Bob is moved, and doesn't send anew yet. */
  async function move(from: number): Promise<void> {
    handlerAt(world, from).drain();
    await world.kit.advance(100 * MS);
    await world.connect("bob");
  }
  await move(0);
  await world.react();
  await world.kit.advance(11_700 * MS);
  await world.react();
  await move(1);
  bobOf(world).client.isMoved = false;
  await world.kit.advance(1 * SECOND);
  assertEquals(moves(world, "bob").length, 2);
  assertEquals(sourceNames(world), ["microphone"]);
});
