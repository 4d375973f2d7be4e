import { assert, assertEquals } from "@std/assert";
import type { MediaStep } from "../../../shared/protocol/media/steps.ts";
import { RoutingWorld } from "./support/routing_world.ts";

const shown = { mode: "grid" as const, slots: 4 };
const hidden = { mode: "grid" as const, slots: 0 };

/** Ada receives Bob's camera and voice. */
async function watched(): Promise<RoutingWorld> {
  const world = new RoutingWorld(7);
  await world.join("ada", shown);
  await world.join("bob", shown);
  await world.produce("bob", "camera");
  await world.produce("bob", "microphone");
  await world.quiet();
  return world;
}

/** The numbered steps since `from`, without the names of what they are about. */
function stepsSince({ handler }: RoutingWorld, from: number): string[] {
  return handler.batches.slice(from).flat().map((step: MediaStep) =>
    step.step === "consumer.set" ? `set ${JSON.stringify({ paused: step.paused })}` : step.step
  );
}

Deno.test("hidden consumers › are paused, resumed when they are shown again, and the client is told nothing", async () => {
  await using world = await watched();
  const before = world.handler.batches.length;
  const client = world.people.get("ada")?.client;
  const [known, told] = [[...client?.consumers.keys() ?? []], client?.writes.length];
  await world.setLayout("ada", hidden);
  await world.kit.advance(29_000);
  assertEquals(stepsSince(world, before), ['set {"paused":true}']);
  await world.setLayout("ada", shown);
  await world.kit.advance(60_000);
  assertEquals(stepsSince(world, before), ['set {"paused":true}', 'set {"paused":false}']);
  assertEquals([[...client?.consumers.keys() ?? []], client?.writes.length], [known, told]);
});

Deno.test("hidden consumers › are closed after 30 s, and opened again when they are shown", async () => {
  await using world = await watched();
  const before = world.handler.batches.length;
  await world.setLayout("ada", hidden);
  await world.kit.advance(29_500);
  assertEquals(world.handler.participants.get("ada")?.consumers.size, 2);
  await world.kit.advance(1_000);
  assertEquals(world.handler.participants.get("ada")?.consumers.size, 1);
  assertEquals(world.people.get("ada")?.client.consumers.size, 1);
  await world.setLayout("ada", shown);
  await world.quiet();
  assertEquals(stepsSince(world, before), [
    'set {"paused":true}',
    "consumer.close",
    "consumer.open",
    'set {"paused":false}',
  ]);
});

Deno.test("hidden consumers › end with their producer at once", async () => {
  await using world = await watched();
  await world.setLayout("ada", hidden);
  await world.unpublish("bob", "camera");
  await world.kit.settle();
  assertEquals(world.people.get("ada")?.client.consumers.size, 1);
});

Deno.test("hidden consumers › are not more than 50, the oldest are closed first", async () => {
  await using world = new RoutingWorld(7);
  const senders = Array.from({ length: 60 }, (_, index) => `p${index}`);
  await world.join("ada", { mode: "grid", slots: 60 });
  for (const id of senders) {
    await world.join(id, hidden);
    await world.produce(id, "camera");
  }
  await world.quiet();
  const received = () => [...world.handler.participants.get("ada")?.consumers ?? []];
  const paused = () => new Set(received().flatMap(([id, one]) => one.paused ? [id] : []));
  // The handler refuses a few of them.
  const all = received();
  assert(all.length > 52, `${all.length}`);
  await world.setLayout("ada", { mode: "grid", slots: 40 });
  await world.kit.advance(1_000);
  const first = paused();
  assertEquals(received().length, all.length);
  assert(first.size >= all.length - 52, `${first.size}`);
  await world.setLayout("ada", { mode: "grid", slots: 2 });
  await world.kit.settle();
  assertEquals(paused().size, 50);
  const left = new Set(received().map(([id]) => id));
  assertEquals(all.map(([id]) => id).filter((id) => !left.has(id) && !first.has(id)), []);
});

Deno.test("layers › a tile that grows takes one step for each picture, of the layer alone", async () => {
  await using world = await watched();
  const tile = (width: number) => ({ ...shown, tile: { width, height: width * 9 / 16 } });
  const layers: (number | undefined)[] = [];
  for (const width of [160, 480, 1_280, 1_280]) {
    const before = world.handler.batches.length;
    await world.setLayout("ada", tile(width));
    await world.kit.settle();
    const steps = world.handler.batches.slice(before).flat();
    layers.push(...steps.map((step) => step.step === "consumer.set" ? step.spatial_layer : -1));
    assertEquals(steps.every((step) => !("paused" in step) && !("priority" in step)), true);
  }
  assertEquals(layers, [0, 1, 2]);
});
