import { assertEquals } from "@std/assert";
import { differences } from "./support/compare.ts";
import type { RoutingWorld } from "./support/routing_world.ts";
import { handlerAt, threePeople } from "./support/three_people.ts";
import { toldSources } from "./support/told_sources.ts";

Deno.test("pauses › a mute holds beyond a pipe, too, and so does its end", async () => {
  await using world = await threePeople();
  const beyond = () =>
    handlerAt(world, 1).pipes.received().filter(({ producerId }) =>
      producerId === world.people.get("ada")?.sending.get("microphone")?.producerId
    ).map(({ paused }) => paused);
  const repairs = world.repairs.length;
  assertEquals(beyond(), [false]);
  await world.setPaused("ada", "microphone", true);
  await world.kit.settle();
  assertEquals(beyond(), [true]);
  await world.setPaused("ada", "microphone", false);
  await world.kit.settle();
  assertEquals(beyond(), [false]);
  assertEquals(world.repairs.length, repairs);
});

Deno.test("pauses › what is paused comes out of a new pipe as paused", async () => {
  await using world = await threePeople();
  world.people.get("ada")?.sending.set("camera", { paused: true, producerId: null });
  await world.produce("ada", "camera");
  await world.quiet();
  const steps = handlerAt(world, 1).batches.flat();
  assertEquals(steps.flatMap((one) => one.step === "pipe.receive" ? one.paused : []), [false, false, true]);
  assertEquals(steps.filter(({ step }) => step === "producer.pause"), []);
  assertEquals(differences(world), []);
});

Deno.test("pauses › whoever is switched on again while the other handler is slow to pause them is heard there", async () => {
  await using world = await threePeople();
  const other = handlerAt(world, 1);
  const repairs = world.repairs.length;
  other.faults.slowMs = 1_000;
  await world.setPaused("ada", "microphone", true);
  await world.kit.advance(100);
  await world.setPaused("ada", "microphone", false);
  await world.kit.advance(2_500);
  assertEquals(other.pipes.received().map(({ paused }) => paused), [false, false]);
  assertEquals(world.repairs.length, repairs);
});

Deno.test("pauses › whoever is switched off while the other handler is slow to receive them is paused there", async () => {
  await using world = await threePeople();
  const other = handlerAt(world, 1);
  const before = other.batches.length;
  other.faults.slowMs = 1_000;
  await world.produce("bob", "screen");
  await world.kit.advance(100);
  await world.setPaused("bob", "screen", true);
  await world.kit.advance(2_500);
  const steps = other.batches.slice(before).flat().flatMap((one) =>
    one.step === "pipe.receive" || one.step === "producer.pause" ? `${one.step} ${one.paused}` : []
  );
  assertEquals(steps, ["pipe.receive false", "producer.pause true"]);
  assertEquals(world.repairs.filter((cause) => cause !== "refused"), []);
});

Deno.test("pauses › what is paused as its pipe ends is paused first, while it is still there", async () => {
  await using world = await threePeople();
  const other = handlerAt(world, 1);
  other.faults.slowMs = 1_000;
  await world.leave("eve");
  await world.kit.advance(100);
  await world.setPaused("ada", "microphone", true);
  await world.kit.advance(2_500);
  const batch = other.batches.find((steps) => steps.some(({ step }) => step === "pipe.end")) ?? [];
  assertEquals(batch.map(({ step }) => step), ["producer.pause", "pipe.end", "pipe.end"]);
});

Deno.test("pauses › what a host muted, and unmuted, while the handler was slow to open it waits for its owner", async () => {
  await using world = await threePeople();
  world.handler.faults.slowMs = 1_000;
  const opened = world.produce("ada", "camera");
  await world.kit.advance(100);
  world.mute("ada", "camera", true);
  world.mute("ada", "camera", false);
  await opened;
  await world.kit.advance(2_500);
  assertEquals(pausedCameras(world, "ada"), [true]);
  await world.setPaused("ada", "camera", false);
  await world.kit.advance(2_500);
  assertEquals(pausedCameras(world, "ada"), [false]);
});

Deno.test("pauses › nothing is seen of who is away since before the handler had opened it", async () => {
  await using world = await threePeople();
  world.handler.faults.slowMs = 1_000;
  const opened = world.produce("ada", "camera");
  await world.kit.advance(100);
  world.setAway("ada", true);
  await opened;
  await world.kit.advance(2_500);
  assertEquals(pausedCameras(world, "ada"), [true]);
  world.setAway("ada", false);
  await world.kit.advance(2_500);
  assertEquals(pausedCameras(world, "ada"), [false]);
});

Deno.test("pauses › what a client says is paused as it comes back stays so where the handler was slow to open it", async () => {
  await using world = await threePeople();
  world.handler.faults.slowMs = 1_000;
  const opened = world.produce("ada", "camera");
  await world.kit.advance(100);
  // The connection is lost before the answer, and the camera is switched off meanwhile.
  world.people.get("ada")?.sending.set("camera", { paused: true, producerId: null });
  const resumed = world.resume("ada");
  await Promise.all([opened, resumed]);
  await world.kit.advance(2_500);
  assertEquals(toldSources(world, "ada").map(({ source, paused }) => [source, paused]), [
    ["microphone", false],
    ["camera", true],
  ]);
  assertEquals(pausedCameras(world, "ada"), [true]);
});

/** Whether each camera that a participant sends is paused at their handler. */
function pausedCameras({ handler }: RoutingWorld, id: string): boolean[] {
  return [...handler.participants.get(id)?.producers.values() ?? []]
    .filter(({ source }) => source === "camera").map(({ paused }) => paused);
}
