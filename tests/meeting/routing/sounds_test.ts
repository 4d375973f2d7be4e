import { assertEquals } from "@std/assert";
import { RoutingWorld } from "./support/routing_world.ts";

/** The sources of Ada's that Bob receives. */
function heardBy({ handler, people }: RoutingWorld): string[] {
  const sent = people.get("ada")?.sending ?? new Map();
  const received = handler.participants.get("bob")?.consumers ?? new Map();
  return [...sent].flatMap(([source, { producerId }]) => received.has(producerId) ? [source] : []).sort();
}

async function adaAndBob(): Promise<RoutingWorld> {
  const world = new RoutingWorld(3);
  await world.kit.settle();
  for (const id of ["ada", "bob"]) await world.join(id, { mode: "grid", slots: 4 });
  return world;
}

Deno.test("sounds › a screen's sound is heard while the screen is shared, and not without one", async () => {
  await using world = await adaAndBob();
  await world.produce("ada", "screen_audio");
  await world.quiet();
  assertEquals(heardBy(world), []);
  await world.produce("ada", "screen");
  await world.quiet();
  assertEquals(heardBy(world), ["screen", "screen_audio"]);
  await world.setPaused("ada", "screen", true);
  await world.quiet();
  assertEquals(heardBy(world), ["screen"]);
  await world.setPaused("ada", "screen", false);
  await world.quiet();
  assertEquals(heardBy(world), ["screen", "screen_audio"]);
  await world.unpublish("ada", "screen");
  await world.quiet();
  assertEquals(heardBy(world), []);
});

Deno.test("sounds › another's screen lends its sound to nobody", async () => {
  await using world = await adaAndBob();
  await world.produce("bob", "screen");
  await world.produce("ada", "screen_audio");
  await world.quiet();
  assertEquals(heardBy(world), []);
});
