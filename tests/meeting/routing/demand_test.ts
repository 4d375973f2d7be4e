import { assertEquals } from "@std/assert";
import { RoutingWorld } from "./support/routing_world.ts";

const tile = (width: number) => ({
  mode: "grid" as const,
  slots: 4,
  tile: { width, height: width * 9 / 16 },
});
const soundAlone = { mode: "grid" as const, slots: 0 };

/** Bob's camera in a meeting with Ada, and what Bob was asked for since. */
async function withCamera(ada: Parameters<RoutingWorld["join"]>[1]) {
  const world = new RoutingWorld(7);
  await world.join("ada", ada);
  await world.join("bob", soundAlone);
  await world.produce("bob", "camera");
  await world.kit.settle();
  const asked = () =>
    (world.people.get("bob")?.client.writes ?? []).flat()
      .map((text) => JSON.parse(text))
      .filter(({ type }) => type === "media.demand")
      .map(({ data }) => data.max_layer);
  return { world, asked };
}

Deno.test("demand › rises at once and falls after 5 s", async () => {
  const { world, asked } = await withCamera(tile(1_280));
  await using _ = world;
  assertEquals(asked(), [2]);
  await world.setLayout("ada", tile(160));
  await world.kit.advance(4_900);
  assertEquals(asked(), [2]);
  await world.kit.advance(200);
  assertEquals(asked(), [2, 0]);
  await world.setLayout("ada", tile(480));
  await world.kit.settle();
  assertEquals(asked(), [2, 0, 1]);
});

Deno.test("demand › falls 5 s after the first who wanted less, however often it changes until then", async () => {
  const { world, asked } = await withCamera(tile(1_280));
  await using _ = world;
  await world.setLayout("ada", tile(480));
  await world.kit.advance(3_000);
  await world.setLayout("ada", tile(160));
  await world.kit.advance(2_100);
  assertEquals(asked(), [2, 0]);
});

Deno.test("demand › is told of pictures alone", async () => {
  const { world, asked } = await withCamera(tile(1_280));
  await using _ = world;
  await world.produce("bob", "microphone");
  await world.kit.advance(5_100);
  assertEquals(asked(), [2]);
});

Deno.test("demand › is null while nobody watches", async () => {
  const { world, asked } = await withCamera(soundAlone);
  await using _ = world;
  await world.kit.advance(5_100);
  assertEquals(asked(), [2, null]);
  await world.join("eve", tile(160));
  assertEquals(asked(), [2, null, 0]);
  await world.leave("eve");
  await world.kit.advance(5_100);
  assertEquals(asked(), [2, null, 0, null]);
});

Deno.test("demand › that falls and rises again within 5 s is not told", async () => {
  const { world, asked } = await withCamera(tile(1_280));
  await using _ = world;
  for (let i = 0; i < 5; i++) {
    await world.setLayout("ada", tile(160));
    await world.kit.advance(3_000);
    await world.setLayout("ada", tile(1_280));
    await world.kit.advance(1_000);
  }
  assertEquals(asked(), [2]);
});

Deno.test("demand › is the highest of all receivers'", async () => {
  const { world, asked } = await withCamera(tile(160));
  await using _ = world;
  await world.join("eve", tile(480));
  await world.kit.advance(6_000);
  assertEquals(asked(), [2, 1]);
  await world.setLayout("eve", soundAlone);
  await world.kit.advance(6_000);
  assertEquals(asked(), [2, 1, 0]);
});

Deno.test("demand › is told again for each new producer", async () => {
  const { world, asked } = await withCamera(tile(160));
  await using _ = world;
  await world.kit.advance(6_000);
  await world.produce("bob", "camera");
  await world.kit.advance(6_000);
  assertEquals(asked(), [2, 0, 2, 0]);
});

Deno.test("demand › changes neither pauses nor sources", async () => {
  const { world, asked } = await withCamera(soundAlone);
  await using _ = world;
  const told = world.meeting.received.length;
  const batches = world.handler.batches.length;
  await world.kit.advance(10_000);
  assertEquals(asked(), [2, null]);
  assertEquals([world.meeting.received.length, world.handler.batches.length], [told, batches]);
});

Deno.test("demand › after a failover is told again, and counts those who have not come back as they were", async () => {
  const { world, asked } = await withCamera(tile(480));
  await using _ = world;
  await world.quiet();
  assertEquals(asked(), [2, 1]);
  await world.failOver();
  await world.resume("bob");
  await world.kit.settle();
  assertEquals(asked(), [1]);
  await world.kit.advance(10_000);
  assertEquals(asked(), [1]);
});
