import { assert, assertEquals } from "@std/assert";
import { RoutingWorld } from "./support/routing_world.ts";

/** Four people who see each other's cameras, of which none is on yet. */
async function fourPeople(): Promise<RoutingWorld> {
  const world = new RoutingWorld(5);
  for (const id of ["ada", "bob", "eve", "joe"]) await world.join(id);
  await world.quiet();
  return world;
}

Deno.test("routing › what two people send at the same time is one batch, and one frame for each receiver", async () => {
  await using world = await fourPeople();
  const batches = world.handler.batches.length;
  const written = new Map([...world.people.values()].map(({ id, client }) => [id, client.writes.length]));
  // The first is opened some time before the last.
  world.handler.faults.slowMs = 20;
  const opened = ["ada", "bob"].flatMap((
    id,
  ) => [world.produce(id, "microphone"), world.produce(id, "camera")]);
  await Promise.all(opened);
  await world.kit.advance(40);
  const [batch, ...more] = world.handler.batches.slice(batches);
  assertEquals(more, []);
  // Two sources to three receivers each.
  assertEquals(batch?.map(({ step }) => step), Array(12).fill("consumer.open"));
  for (const { id, client } of world.people.values()) {
    const frames = client.writes.slice(written.get(id)).flat().map((text) => JSON.parse(text).type);
    assertEquals(frames.filter((type) => type === "media.consumers").length, 1, id);
  }
});

Deno.test("routing › no batch waits long for a producer that the handler is slow to open", async () => {
  await using world = await fourPeople();
  await world.produce("eve", "camera");
  await world.quiet();
  const { handler, kit: { runtime: { clock } } } = world;
  const taken: [step: string | undefined, atMs: number][] = [];
  const startMs = clock.now();
  const apply = handler.apply.bind(handler);
  handler.apply = (batch, steps) => {
    taken.push([steps[0]?.step, clock.now() - startMs]);
    return apply(batch, steps);
  };
  handler.faults.slowMs = 1_000;
  const opened = world.produce("ada", "camera");
  await world.setLayout("joe", { mode: "grid", slots: 0 });
  await opened;
  const [first, second] = taken;
  assertEquals([first, second?.[0]], [["producer.open", 0], "consumer.set"]);
  assert(second !== undefined && second[1] < 100, `after ${second?.[1]} ms`);
});
