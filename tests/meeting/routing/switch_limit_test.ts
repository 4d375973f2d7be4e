import { assertEquals } from "@std/assert";
import { RoutingWorld } from "./support/routing_world.ts";

/** In a meeting of four hundred a participant may switch something on so often at once. */
const AT_ONCE = 25;

/** Four hundred people, of whom one has a microphone, which is on. */
async function bigMeeting(): Promise<RoutingWorld> {
  const world = new RoutingWorld(3);
  for (const id of ["ada", "bob"]) await world.join(id);
  for (let count = 0; count < 398; count++) world.enter(`p${count}`);
  await world.produce("ada", "microphone");
  await world.quiet();
  return world;
}

function timesTold(world: RoutingWorld): number {
  return world.meeting.received.filter(({ name }) => name === "sources").length;
}

Deno.test("switch limit › whoever switches on again and again has to pause, and a pause is never refused", async () => {
  await using world = await bigMeeting();
  const outcomes: (string | undefined)[] = [];
  for (let round = 0; round < 2 * AT_ONCE; round++) {
    assertEquals(await world.setPaused("ada", "microphone", true), "ok");
    outcomes.push(await world.setPaused("ada", "microphone", false));
  }
  assertEquals([outcomes.indexOf("too_often"), outcomes.lastIndexOf("ok")], [AT_ONCE, AT_ONCE - 1]);
  const heard = () => world.handler.participants.get("ada")?.producers.values().map(({ paused }) => paused);
  await world.kit.settle();
  assertEquals([...heard() ?? []], [true]);
  await world.kit.advance(200);
  assertEquals(await world.setPaused("ada", "microphone", false), "ok");
  await world.kit.settle();
  assertEquals([...heard() ?? []], [false]);
  assertEquals(await world.setPaused("ada", "microphone", false), "ok", "it is on already");
});

Deno.test("switch limit › whoever leaves and joins again, or joins on another device, has to pause all the same", async () => {
  await using world = await bigMeeting();
  for (const device of ["phone", "again"]) world.subs.set(device, "ada");
  const switchOn = async (id: string) => {
    assertEquals(await world.setPaused(id, "microphone", true), "ok");
    return await world.setPaused(id, "microphone", false);
  };
  for (let round = 0; round < AT_ONCE - 2; round++) assertEquals(await switchOn("ada"), "ok");
  await world.join("phone");
  await world.produce("phone", "microphone");
  assertEquals([await switchOn("phone"), await switchOn("phone")], ["ok", "too_often"]);
  for (const device of ["ada", "phone"]) await world.leave(device);
  await world.join("again");
  await world.produce("again", "microphone");
  assertEquals(world.people.get("again")?.sending.get("microphone")?.producerId, null);
  await world.kit.advance(400);
  await world.produce("again", "microphone");
  assertEquals(await switchOn("again"), "ok");
});

Deno.test("switch limit › what is paused already, or on already, is told to nobody", async () => {
  await using world = await bigMeeting();
  const before = timesTold(world);
  for (const paused of [false, true, true, false, false]) {
    assertEquals(await world.setPaused("ada", "microphone", paused), "ok");
  }
  assertEquals(timesTold(world) - before, 2);
});

Deno.test("switch limit › whoever sends anew again and again has to pause, and others go on", async () => {
  await using world = await bigMeeting();
  const before = timesTold(world);
  for (let round = 0; round < 2 * AT_ONCE; round++) {
    await world.unpublish("ada", "microphone");
    await world.produce("ada", "microphone");
  }
  assertEquals(timesTold(world) - before, 2 * AT_ONCE + 1, "each of both, and the last one's end");
  await world.produce("bob", "microphone");
  assertEquals(world.people.get("bob")?.sending.get("microphone")?.producerId === null, false);
});
