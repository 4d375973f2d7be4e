import { assertEquals } from "@std/assert";
import { type Entered, MeetingWorld, withMedia } from "./meeting_world.ts";

/** What a participant was told in passing, as it holds in the end. */
function known({ told }: Entered) {
  const levels = told.all("quality").map(({ participant_id, level }) => [participant_id, level] as const);
  return { speaker: told.last("speaker.active")?.participant_id, levels: Object.fromEntries(levels) };
}

/** Ada speaks, and her media is poor. */
async function speaking(world: MeetingWorld) {
  world.claims.set("ada", { role: "host" });
  const ada = await world.enter("ada", withMedia);
  world.meeting.tell("speaker", { participantId: ada.id });
  world.meeting.tell("quality", { participantId: ada.id, level: "poor" });
  await world.kit.settle();
  return ada;
}

Deno.test("catch-up › whoever comes in is told who speaks, and how good the others' media is", async () => {
  await using world = new MeetingWorld();
  const ada = await speaking(world);
  const bob = await world.enter("bob", withMedia);
  await world.kit.settle();
  assertEquals(known(bob), { speaker: ada.id, levels: { [ada.id]: "poor" } });
});

Deno.test("catch-up › whoever comes back is told so anew", async () => {
  await using world = new MeetingWorld();
  const ada = await speaking(world);
  const { client, answer } = await world.enter("bob", withMedia);
  world.lose(client);
  await world.kit.settle();
  world.meeting.tell("quality", { participantId: ada.id, level: "fair" });
  const { correlation_id, binding_token } = answer;
  const bob = await world.enter("bob", { ...withMedia, resume: { correlation_id, binding_token } });
  await world.kit.settle();
  assertEquals(known(bob), { speaker: ada.id, levels: { [ada.id]: "fair" } });
});

Deno.test("catch-up › whoever waits is told nothing, and all of it once a host has let them in", async () => {
  await using world = new MeetingWorld({ settings: { waiting_room: true } });
  const ada = await speaking(world);
  world.claims.set("gus", { participant_type: "guest", role: "guest" });
  const gus = await world.enter("gus", withMedia);
  await world.kit.settle();
  assertEquals(gus.told.types(), []);
  await world.ask("admit", { by: ada.id, participantIds: [gus.id] });
  assertEquals(gus.told.types()[0], "admitted");
  assertEquals(known(gus), { speaker: ada.id, levels: { [ada.id]: "poor" } });
});

Deno.test("catch-up › it names nobody who has left", async () => {
  await using world = new MeetingWorld();
  const ada = await speaking(world);
  await world.ask("leave", { participantId: ada.id, client: ada.client });
  const bob = await world.enter("bob", withMedia);
  await world.kit.settle();
  assertEquals(known(bob), { speaker: undefined, levels: {} });
});

Deno.test("catch-up › whoever comes back is told that nobody speaks any more", async () => {
  await using world = new MeetingWorld();
  const ada = await speaking(world);
  const before = await world.enter("bob", withMedia);
  await world.kit.settle();
  assertEquals(known(before).speaker, ada.id);
  world.lose(before.client);
  await world.kit.settle();
  world.meeting.tell("speaker", { participantId: null });
  const { correlation_id, binding_token } = before.answer;
  const bob = await world.enter("bob", { ...withMedia, resume: { correlation_id, binding_token } });
  await world.kit.settle();
  assertEquals(bob.told.all("speaker.active"), [{ participant_id: null }]);
});

Deno.test("catch-up › a report of a speaker who has left names nobody", async () => {
  await using world = new MeetingWorld();
  const ada = await speaking(world);
  const bob = await world.enter("bob", withMedia);
  await world.ask("leave", { participantId: ada.id, client: ada.client });
  world.meeting.tell("speaker", { participantId: ada.id });
  await world.kit.settle();
  assertEquals(known(bob).speaker, null);
});
