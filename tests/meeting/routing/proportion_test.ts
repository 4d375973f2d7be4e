import { assert, assertEquals } from "@std/assert";
import { RoutingWorld } from "./support/routing_world.ts";

const people = Array.from({ length: 50 }, (_, index) => `p${index}`);

/** Fifty participants with 25 slots each and their microphones on, with no difference left. */
async function fullMeeting(audibleLimit?: number): Promise<RoutingWorld> {
  const world = new RoutingWorld(7, audibleLimit);
  for (const id of people) await world.join(id, { mode: "grid", slots: 25 });
  for (const id of people) await world.produce(id, "microphone");
  await world.quiet();
  return world;
}

Deno.test("routing › in a meeting of 50, one camera is one batch, and each client is written to once", async () => {
  await using world = await fullMeeting();
  const batches = world.handler.batches.length;
  const written = new Map([...world.people.values()].map(({ id, client }) => [id, client.writes.length]));
  await world.produce("p3", "camera");
  await world.kit.settle();
  const [batch, ...more] = world.handler.batches.slice(batches);
  assertEquals(more, []);
  assertEquals(new Set(batch?.map(({ step }) => step)), new Set(["consumer.open"]));
  assert(batch !== undefined && batch.length < people.length);
  for (const { id, client } of world.people.values()) {
    const writes = client.writes.slice(written.get(id));
    assert(writes.length <= 1, `${id} is written to ${writes.length} times`);
    // With the meeting's notice of the participant's sources that makes three frames in two writes.
    assert((writes[0]?.length ?? 0) <= 2, `${id} gets ${writes[0]?.length} frames at once`);
  }
});

Deno.test("routing › a change of speaker that moves no slot takes no step and tells clients nothing", async () => {
  await using world = await fullMeeting();
  const batches = world.handler.batches.length;
  const written = [...world.people.values()].map(({ client }) => client.writes.length);
  const told = world.meeting.received.length;
  world.handler.report({ report: "speaker", router_id: "router-1", participant_id: "p10" });
  await world.kit.settle();
  assertEquals(world.meeting.received.slice(told).map(({ name }) => name), ["speaker"]);
  assertEquals(world.handler.batches.length, batches);
  assertEquals([...world.people.values()].map(({ client }) => client.writes.length), written);
});

Deno.test("routing › a hidden speaker costs one frame for each client whose slots change, and no step", async () => {
  await using world = await fullMeeting(50);
  const batches = world.handler.batches.length;
  const written = new Map([...world.people.values()].map(({ id, client }) => [id, client.writes.length]));
  world.handler.report({ report: "speaker", router_id: "router-1", participant_id: "p40" });
  await world.kit.settle();
  assertEquals(world.handler.batches.length, batches);
  for (const { id, client } of world.people.values()) {
    const types = client.writes.slice(written.get(id)).flat().map((text) => JSON.parse(text).type);
    assertEquals(types, id === "p40" ? [] : ["layout.assigned"], id);
  }
});

Deno.test("routing › among 100 a layout and a change of speaker are told only to those whose slots change", async () => {
  await using world = new RoutingWorld(7);
  world.handler.faults.perRouter = 100;
  const all = Array.from({ length: 100 }, (_, index) => `q${index}`);
  const onStage = new Set(all.slice(90));
  for (const id of all) await world.join(id, { mode: onStage.has(id) ? "speaker" : "grid", slots: 25 });
  for (const id of all.slice(0, 16)) await world.produce(id, "microphone");
  await world.quiet();
  const types = async (act: () => void | Promise<void>) => {
    const before = new Map([...world.people.values()].map(({ id, client }) => [id, client.writes.length]));
    await act();
    await world.kit.settle();
    const told = [...world.people.values()].map(({ id, client }): [string, string[]] => [
      id,
      client.writes.slice(before.get(id)).flat().map((text) => JSON.parse(text).type),
    ]);
    return new Map(told.filter(([, frames]) => frames.length > 0));
  };
  const speaker = () =>
    world.handler.report({ report: "speaker", router_id: "router-1", participant_id: "q10" });
  assertEquals(await types(speaker), new Map([...onStage].map((id) => [id, ["layout.assigned"]])));
  // The slots are in the answer.
  assertEquals(await types(() => world.setLayout("q95", { mode: "grid", slots: 4 })), new Map());
  assertEquals(world.people.get("q95")?.client.assignments.length, 4);
});

Deno.test("routing › a speaker who was not audible is one batch, and one write for each client", async () => {
  await using world = await fullMeeting();
  const batches = world.handler.batches.length;
  const written = new Map([...world.people.values()].map(({ id, client }) => [id, client.writes.length]));
  world.handler.report({ report: "speaker", router_id: "router-1", participant_id: "p40" });
  await world.kit.settle();
  const [batch, ...more] = world.handler.batches.slice(batches);
  assertEquals(more, []);
  // One voice comes, and that of the quietest is paused; nobody receives their own.
  assert(batch !== undefined && batch.length <= 2 * people.length, `${batch?.length} steps`);
  assertEquals(new Set(batch.map(({ step }) => step)), new Set(["consumer.open", "consumer.set"]));
  for (const { id, client } of world.people.values()) {
    assert(client.writes.length - (written.get(id) ?? 0) <= 1, `${id} is written to more than once`);
  }
});

Deno.test("routing › levels that change nobody's place take no step and tell nobody", async () => {
  await using world = await fullMeeting();
  const batches = world.handler.batches.length;
  const told = world.meeting.received.length;
  const written = [...world.people.values()].map(({ client }) => client.writes.length);
  const levels = people.slice(0, 16).map((participant_id) => ({ participant_id, dbov: -30 }));
  world.handler.report({ report: "levels", router_id: "router-1", levels });
  await world.kit.settle();
  assertEquals([world.handler.batches.length, world.meeting.received.length], [batches, told]);
  assertEquals([...world.people.values()].map(({ client }) => client.writes.length), written);
});

Deno.test("routing › a mute is one step, and only its receivers are told", async () => {
  await using world = await fullMeeting();
  await world.setLayout("p9", { mode: "grid", slots: 0 });
  await world.produce("p3", "camera");
  await world.quiet();
  const batches = world.handler.batches.length;
  const written = new Map([...world.people.values()].map(({ id, client }) => [id, client.writes.length]));
  await world.setPaused("p3", "camera", true);
  await world.kit.settle();
  assertEquals(world.handler.batches.slice(batches).flat().map(({ step }) => step), ["producer.pause"]);
  const writes = (id: string) => (world.people.get(id)?.client.writes.length ?? 0) - (written.get(id) ?? 0);
  assertEquals([writes("p3"), writes("p9")], [0, 0]);
  assert(people.filter((id) => writes(id) === 1).length > 20);
});

Deno.test("routing › a handler that takes nothing is not asked for the same again and again", async () => {
  await using world = new RoutingWorld(7);
  for (const id of people.slice(0, 30)) await world.join(id);
  world.handler.faults.full = true;
  world.handler.loseRouter();
  const batches = world.handler.batches.length;
  await world.kit.advance(10_000);
  const asked = world.handler.batches.length - batches;
  assert(asked <= 40, `${asked} batches in 10 s`);
  world.handler.faults.full = false;
  await world.quiet();
  assertEquals(world.handler.participants.size, 30);
});

Deno.test("routing › an answer at the last moment of a request ends nothing", async () => {
  for (const slowMs of [992, 1_000, 1_008]) {
    await using world = new RoutingWorld(7);
    await world.join("ada");
    world.handler.faults.slowMs = slowMs;
    await world.produceWithin("ada", "camera", 1_000);
    world.handler.faults.slowMs = 0;
    await world.quiet();
    assertEquals(await world.join("bob"), true);
  }
});
