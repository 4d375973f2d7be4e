import { assertEquals, assertNotEquals } from "@std/assert";
import { MediaMeeting } from "../../../meeting/routing/neighbours.ts";
import { RoutingWorld } from "./support/routing_world.ts";
import { toldSources } from "./support/told_sources.ts";

/** Ada and Bob with microphones and connected transports, who receive one another. */
async function twoPeople(): Promise<RoutingWorld> {
  const world = new RoutingWorld(5);
  await world.kit.settle();
  for (const id of ["ada", "bob"]) {
    await world.join(id);
    await world.produce(id, "microphone");
  }
  await world.react();
  await world.kit.advance(1_000);
  return world;
}

function clientOf(world: RoutingWorld, id: string) {
  const client = world.people.get(id)?.client;
  if (client === undefined) throw new Error(`${id} is not there`);
  return { transportId: client.transportId, consumers: [...client.consumers.keys()] };
}

/** What the handler forwards, by whom it is received. */
function forwarded({ handler }: RoutingWorld) {
  return [...handler.participants].map(([id, { consumers, producers }]) => [
    id,
    [...producers.values()].map(({ paused }) => paused),
    [...consumers.values()].map(({ consumerId, paused }) => [consumerId, paused]),
  ]);
}

Deno.test("keep › a resume over a newer connection changes nothing at the handler", async () => {
  await using world = await twoPeople();
  const before = [clientOf(world, "ada"), forwarded(world)];
  world.handler.batches.length = 0;
  await world.resume("ada");
  assertEquals([clientOf(world, "ada"), forwarded(world)], before);
  assertEquals(world.handler.batches.flat().map(({ step }) => step), ["transports.open"]);
});

Deno.test("keep › transports whose path is lost are replaced by fresh ones", async () => {
  await using world = await twoPeople();
  const before = clientOf(world, "ada");
  world.handler.losePath("ada");
  await world.resume("ada");
  assertNotEquals(clientOf(world, "ada").transportId, before.transportId);
  assertEquals(world.people.get("ada")?.client.isMoved, true);
});

Deno.test("adoption › whoever resumes at the next controller goes on with transports and consumers as they were", async () => {
  await using world = await twoPeople();
  const before = [clientOf(world, "ada"), clientOf(world, "bob"), forwarded(world)];
  world.handler.batches.length = 0;
  await world.failOver();
  await world.kit.advance(6_000);
  for (const id of ["ada", "bob"]) await world.resume(id);
  await world.react();
  await world.kit.advance(6_000);
  assertEquals([clientOf(world, "ada"), clientOf(world, "bob"), forwarded(world)], before);
  const steps = new Set(world.handler.batches.flat().map(({ step }) => step));
  // The handler describes what it has; nothing is paused, closed or opened.
  assertEquals(steps, new Set(["transports.open", "consumer.open"]));
});

/** What a client is told by the answer to its resume, and afterwards, at a controller whose handlers answer late. */
async function resumeAtNext(world: RoutingWorld, slowMs: readonly number[]) {
  for (const [index, { faults }] of world.handlers.entries()) faults.slowMs = slowMs[index] ?? 0;
  await world.failOver();
  await world.resume("ada");
  const client = world.people.get("ada")?.client;
  const answered = allOf(world, "ada");
  await world.kit.advance(6_000);
  return { answered, later: client?.writes.flat() ?? [] };
}

function allOf(world: RoutingWorld, id: string) {
  const { transportId, consumers } = clientOf(world, id);
  return {
    transportId,
    consumers: consumers.toSorted(),
    assignments: world.people.get(id)?.client.assignments,
  };
}

Deno.test("adoption › a resume that comes before the handler has answered lists all consumers and slots as they were", async () => {
  await using world = await twoPeople();
  await world.produce("bob", "camera");
  await world.react();
  await world.kit.advance(1_000);
  const before = allOf(world, "ada");
  assertEquals(before.consumers.length, 2);
  assertEquals(await resumeAtNext(world, [300]), { answered: before, later: [] });
});

Deno.test("adoption › a resume lists what comes from another handler, which answers later", async () => {
  await using world = new RoutingWorld(5, 16, 2);
  await world.kit.settle();
  await world.join("ada", undefined, false, "region of mh-1");
  await world.join("bob", undefined, false, "region of mh-2");
  for (const source of ["microphone", "camera"] as const) await world.produce("bob", source);
  await world.quiet();
  const before = allOf(world, "ada");
  assertEquals(before.consumers.length, 2);
  assertEquals(await resumeAtNext(world, [0, 600]), { answered: before, later: [] });
});

Deno.test("adoption › a resume lists a consumer that the layout hides, which ends 30 s later", async () => {
  await using world = await twoPeople();
  await world.produce("bob", "camera");
  await world.react();
  await world.kit.advance(1_000);
  const before = clientOf(world, "ada");
  await world.setLayout("ada", { mode: "grid", slots: 0 });
  await world.kit.advance(1_000);
  await world.failOver();
  await world.resume("ada");
  const { consumers } = clientOf(world, "ada");
  assertEquals(consumers.toSorted(), before.consumers.toSorted());
  await world.kit.advance(29_000);
  assertEquals(clientOf(world, "ada").consumers.length, 2);
  await world.kit.advance(2_000);
  assertEquals(clientOf(world, "ada").consumers.length, 1);
});

Deno.test("adoption › media of which the handler speaks too late for the resume's answer is kept all the same", async () => {
  await using world = await twoPeople();
  const before = [clientOf(world, "ada"), forwarded(world)];
  const { answered, later } = await resumeAtNext(world, [2_500]);
  assertEquals(answered.transportId, "");
  assertEquals(later.map((frame) => JSON.parse(frame).type), ["media.kept", "layout.assigned"]);
  await world.react();
  await world.kit.advance(3_000);
  assertEquals([clientOf(world, "ada"), forwarded(world)], before);
});

Deno.test("adoption › a microphone that the client says is muted is so, also where the resume comes before the handler's answer", async () => {
  await using world = await twoPeople();
  const microphone = world.people.get("ada")?.sending.get("microphone");
  if (microphone !== undefined) microphone.paused = true;
  await resumeAtNext(world, [300]);
  const paused = [...world.handler.participants.get("ada")?.producers.values() ?? []].map((one) =>
    one.paused
  );
  assertEquals(paused, [true]);
});

Deno.test("adoption › a participant who has not resumed goes on sending and receiving", async () => {
  await using world = await twoPeople();
  const before = forwarded(world);
  await world.failOver();
  await world.resume("ada");
  await world.kit.advance(29_000);
  assertEquals(forwarded(world), before);
  assertEquals(clientOf(world, "ada").consumers.length, 1);
});

Deno.test("adoption › the media of somebody whom the meeting doesn't know is closed after 30 s", async () => {
  await using world = await twoPeople();
  world.people.delete("bob");
  await world.failOver();
  await world.kit.advance(29_000);
  assertEquals([...world.handler.participants.keys()], ["ada", "bob"]);
  await world.kit.advance(2_000);
  assertEquals([...world.handler.participants.keys()], ["ada"]);
});

Deno.test("adoption › whoever leaves before a handler has spoken, however late that does, has their media closed then", async () => {
  await using world = await twoPeople();
  world.handler.faults.slowMs = 3_000;
  await world.failOver();
  await world.kit.advance(2_000);
  await world.leave("bob");
  await world.kit.advance(8_000);
  assertEquals([...world.handler.participants.keys()], ["ada"]);
});

Deno.test("adoption › transports of which one has ended are replaced, at a higher epoch", async () => {
  await using world = await twoPeople();
  const ada = world.handler.participants.get("ada");
  if (ada !== undefined) ada.state = "ended";
  await world.failOver();
  await world.resume("ada");
  assertEquals(clientOf(world, "ada").transportId, "ada-2-send");
});

Deno.test("resume › what the client says of its sources counts, and what it doesn't name stays where media is kept", async () => {
  await using world = await twoPeople();
  await world.produce("ada", "camera");
  const sending = world.people.get("ada")?.sending;
  const pausedAtHandler = () =>
    [...world.handler.participants.get("ada")?.producers.values() ?? []].map(({ paused }) => paused);
  const microphone = sending?.get("microphone");
  if (microphone !== undefined) microphone.paused = true;
  sending?.delete("camera");
  await world.resume("ada");
  await world.kit.advance(100);
  assertEquals(pausedAtHandler(), [true, false]);
  const told = () => MediaMeeting.sources.input.parse(world.meeting.received.at(-1)?.body).sources;
  assertEquals(told().map(({ paused }) => paused), [true, false]);
  // Without the media everything is paused that the client doesn't name, until it is produced anew.
  if (microphone !== undefined) microphone.paused = false;
  await world.join("ada");
  assertEquals(told().map(({ source, paused }) => [source, paused]), [["microphone", false], [
    "camera",
    true,
  ]]);
});

Deno.test("adoption › a lost router takes along what a participant sent who is not back yet", async () => {
  await using world = await twoPeople();
  await world.failOver();
  await world.kit.advance(500);
  await world.resume("ada");
  await world.kit.advance(200);
  world.handler.loseRouter();
  await world.kit.advance(1_000);
  assertEquals(toldSources(world, "bob"), []);
  await world.resume("bob");
  await world.react();
  await world.quiet();
  await world.setPaused("bob", "microphone", true);
  const [microphone] = toldSources(world, "bob");
  const onHandler = world.handler.participants.get("bob")?.producers ?? new Map();
  assertEquals([[...onHandler.keys()], microphone?.paused], [[microphone?.producer_id], true]);
});
