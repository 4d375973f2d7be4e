import { assert } from "@std/assert";
import { RoutingWorld } from "./support/routing_world.ts";

Deno.test("attach › how often a participant without transports is tried doesn't rise with time", async () => {
  await using world = new RoutingWorld(1);
  world.hasOthers = false;
  await world.kit.settle();
  for (const id of ["ada", "bob"]) {
    await world.join(id);
    await world.produce(id, "microphone");
  }
  await world.quiet();
  world.handler.faults.full = true;
  world.handler.loseRouter();
  const triesWithin = async (ms: number) => {
    world.handler.batches.length = 0;
    await world.kit.advance(ms);
    return world.handler.batches.flat().filter(({ step }) => step === "transports.open").length;
  };
  const first = await triesWithin(30_000);
  await world.kit.advance(120_000);
  const later = await triesWithin(30_000);
  // Two of a second for each, and one more with each inventory.
  assert(first > 60 && first <= 2 * 30 * (2 + 0.5), `${first} tries`);
  assert(Math.abs(later - first) <= first / 10, `${first} tries in the first half minute, ${later} later`);
});
