import { assertEquals } from "@std/assert";
import { RoutingWorld } from "./support/routing_world.ts";

async function adaIn(): Promise<RoutingWorld> {
  const world = new RoutingWorld(3);
  await world.kit.settle();
  await world.join("ada");
  await world.quiet();
  assertEquals(world.handler.routers.length, 1);
  return world;
}

function test(name: string, disturb: (world: RoutingWorld) => Promise<void> | void): void {
  Deno.test(`end › a meeting is closed on its handler ${name}`, async () => {
    await using world = await adaIn();
    await disturb(world);
    await world.end();
    assertEquals(world.handler.routers, []);
    assertEquals(world.wrong, []);
    await world.kit.advance(20_000);
    assertEquals(world.handler.routers, []);
  });
}

test("while it is being opened over a link that is there again", async (world) => {
  world.handler.faults.slowMs = 1_000;
  world.cut("yes");
  await world.kit.advance(500);
});

test("while it is being opened after a batch that was not answered", async (world) => {
  world.handler.faults.lostAnswers = 1;
  await world.join("bob");
  world.handler.faults.slowMs = 1_000;
  await world.kit.advance(3_500);
});

test("between two openings in vain", async (world) => {
  world.cut("unreachable");
  await world.kit.advance(5_000);
  world.heal();
});
