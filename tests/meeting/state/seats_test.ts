import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { closeCodes } from "../../../shared/protocol/mod.ts";
import { type Entered, MeetingWorld, withMedia } from "./meeting_world.ts";

const refusal = async (world: MeetingWorld, name: string) =>
  await world.outcome((await world.join(name)).joined);

Deno.test("seats › one is kept for a host while none is in, and a host always enters", async () => {
  await using world = new MeetingWorld({ maxParticipants: 3 });
  for (const host of ["ann", "zoe"]) world.claims.set(host, { role: "host" });
  for (const name of ["bob", "cleo"]) await world.enter(name);
  assertEquals(await refusal(world, "dan"), "full");
  const ann = await world.enter("ann");
  assertEquals(await refusal(world, "dan"), "full");
  await world.enter("zoe");
  await world.ask("leave", { participantId: ann.id, client: ann.client });
  assertEquals(await refusal(world, "dan"), "full", "the other host took the last seat");
});

Deno.test("seats › a meeting for two keeps one for a host", async () => {
  await using world = new MeetingWorld({ maxParticipants: 2 });
  await world.enter("bob");
  assertEquals(await refusal(world, "cleo"), "full");
});

Deno.test("seats › a meeting for one keeps none", async () => {
  await using world = new MeetingWorld({ maxParticipants: 1 });
  assertEquals((await world.enter("bob")).answer.state, "joined");
  assertEquals(await refusal(world, "cleo"), "full");
});

Deno.test("seats › who is away has one, who waits has none", async () => {
  await using world = new MeetingWorld({ maxParticipants: 3 });
  world.claims.set("ann", { role: "host" });
  world.claims.set("gus", { participant_type: "guest", role: "guest" });
  await world.enter("ann");
  assertEquals((await world.enter("gus")).answer.state, "waiting");
  const bob = await world.enter("bob");
  await world.enter("cleo");
  world.lose(bob.client);
  await world.kit.settle();
  assertEquals(await refusal(world, "dan"), "full");
  await world.kit.advance(31_000);
  assertEquals((await world.enter("dan")).answer.state, "joined");
});

Deno.test("seats › one person has three, and a device that is away gives its seat to a new one", async () => {
  await using world = new MeetingWorld({ maxParticipants: 10 });
  const devices: Entered[] = [];
  for (let count = 0; count < 3; count++) devices.push(await world.enter("bob"));
  assertEquals(await refusal(world, "bob"), "full");
  const [first] = devices;
  assert(first !== undefined);
  world.lose(first.client);
  await world.kit.settle();
  const fourth = await world.enter("bob");
  assertNotEquals(fourth.id, first.id);
  await world.kit.settle();
  const cleo = await world.enter("cleo");
  const theirs = cleo.answer.participants.filter(({ display_name }) => display_name === "bob");
  assertEquals(theirs.map(({ participant_id }) => participant_id).includes(first.id), false);
  assertEquals(theirs.length, 3);
});

Deno.test("seats › a new device takes the place of none that is away while there are places", async () => {
  await using world = new MeetingWorld();
  const [ann, bob] = [await world.enter("ann"), await world.enter("bob")];
  world.lose(bob.client);
  await world.kit.settle();
  const phone = await world.enter("bob", { display_name: "Bob's phone" });
  assertEquals(ann.told.all("participant.left"), []);
  const joined = ann.told.last("participant.joined")?.participant;
  assertEquals([joined?.participant_id, joined?.display_name], [phone.id, "Bob's phone"]);
});

Deno.test("seats › who has one comes in with another device, past lock, waiting room and capacity", async () => {
  await using world = new MeetingWorld({ maxParticipants: 2 });
  world.claims.set("ann", { role: "host" });
  world.claims.set("gus", { participant_type: "guest", role: "guest" });
  const ann = await world.enter("ann");
  const gus = await world.enter("gus");
  assertEquals(await world.ask("admit", { by: ann.id, participantIds: [gus.id] }), "ok");
  await world.ask("lock", { by: ann.id, locked: true });
  assertEquals((await world.enter("gus")).answer.state, "joined");
  assertEquals(await refusal(world, "dan"), "locked");
});

Deno.test("lock › everybody is told, a host enters all the same, and a resume too", async () => {
  await using world = new MeetingWorld();
  for (const host of ["ann", "zoe"]) world.claims.set(host, { role: "host" });
  const ann = await world.enter("ann");
  const bob = await world.enter("bob");
  assertEquals(await world.ask("lock", { by: ann.id, locked: true }), "ok");
  assertEquals(bob.told.last("meeting.updated")?.meeting.locked, true);
  assertEquals((await world.enter("zoe")).answer.meeting.locked, true);
  world.lose(bob.client);
  await world.kit.settle();
  const { correlation_id, binding_token } = bob.answer;
  const back = await world.enter("bob", { resume: { correlation_id, binding_token } });
  assertEquals([back.id, back.answer.resumed], [bob.id, true]);
});

Deno.test("waiting room › has a bound, and tells it", async () => {
  await using world = new MeetingWorld({ seats: { waiting: 2 } });
  for (const guest of ["gus", "gil", "gia"]) {
    world.claims.set(guest, { participant_type: "guest", role: "guest" });
  }
  await world.enter("gus");
  const gil = await world.enter("gil");
  assertEquals(await refusal(world, "gia"), "waiting_room_full");
  await world.ask("leave", { participantId: gil.id, client: gil.client });
  assertEquals((await world.enter("gia")).answer.state, "waiting");
});

Deno.test("waiting room › one person waits with three devices, and no more", async () => {
  await using world = new MeetingWorld();
  world.claims.set("gus", { participant_type: "guest", role: "guest" });
  const states: string[] = [];
  for (let count = 0; count < 3; count++) states.push((await world.enter("gus")).answer.state);
  assertEquals(states, ["waiting", "waiting", "waiting"]);
  assertEquals(await refusal(world, "gus"), "full");
});

Deno.test("waiting room › a full one doesn't swell what a host is answered", async () => {
  await using world = new MeetingWorld();
  world.claims.set("ann", { role: "host" });
  for (let count = 0; count < 100; count++) {
    // As long as a name may be, in characters of four bytes.
    const name = `${String.fromCodePoint(0x20000 + count)}${"𠀀".repeat(63)}`;
    world.claims.set(name, { participant_type: "guest", role: "guest" });
    await world.enter(name);
  }
  const { answer } = await world.enter("ann");
  assertEquals(answer.participants.length, 101);
  const { length } = new TextEncoder().encode(JSON.stringify(answer));
  assert(length < 100_000, `${length} bytes`);
});

Deno.test("waiting room › admitting keeps to the capacity", async () => {
  await using world = new MeetingWorld({ maxParticipants: 2 });
  world.claims.set("ann", { role: "host" });
  for (const guest of ["gus", "gil"]) world.claims.set(guest, { participant_type: "guest", role: "guest" });
  const ann = await world.enter("ann");
  const [gus, gil] = [await world.enter("gus"), await world.enter("gil")];
  const admit = (...participantIds: string[]) => world.ask("admit", { by: ann.id, participantIds });
  assertEquals(await admit(gus.id, gil.id), "full");
  assertEquals(await admit(gus.id, gus.id), "ok");
  assertEquals(await admit(gil.id), "full");
});

Deno.test("waiting room › members admit while no host is in; a host's coming takes that over", async () => {
  await using world = new MeetingWorld();
  world.claims.set("ann", { role: "host" });
  world.claims.set("eva", { participant_type: "external" });
  for (const guest of ["gus", "gil"]) world.claims.set(guest, { participant_type: "guest", role: "guest" });
  const bob = await world.enter("bob");
  const gus = await world.enter("gus");
  assertEquals(bob.told.last("participant.waiting")?.participant.participant_id, gus.id);
  assertEquals(await world.ask("admit", { by: gus.id, participantIds: [gus.id] }), "forbidden");
  assertEquals(await world.ask("admit", { by: bob.id, participantIds: [gus.id] }), "ok");
  const gil = await world.enter("gil");
  assertEquals(await world.ask("admit", { by: gus.id, participantIds: [gil.id] }), "forbidden");
  const ann = await world.enter("ann");
  const waiting = ann.answer.participants.filter(({ state }) => state === "waiting");
  assertEquals(waiting.map(({ participant_id }) => participant_id), [gil.id], "nobody was admitted by it");
  assertEquals(await world.ask("admit", { by: bob.id, participantIds: [gil.id] }), "forbidden");

  bob.told.notifications.length = 0;
  await world.ask("leave", { participantId: ann.id, client: ann.client });
  const given = bob.told.all("participant.waiting").map(({ participant }) => participant.participant_id);
  assertEquals(given, [gil.id], "the list comes with the right");
});

Deno.test("waiting room › whoever may admit is told that one has gone, the others nothing", async () => {
  await using world = new MeetingWorld();
  for (const host of ["ann", "zoe"]) world.claims.set(host, { role: "host" });
  for (const guest of ["gus", "gil"]) world.claims.set(guest, { participant_type: "guest", role: "guest" });
  const [ann, zoe, bob] = [await world.enter("ann"), await world.enter("zoe"), await world.enter("bob")];
  const [gus, gil] = [await world.enter("gus"), await world.enter("gil")];
  const { rev } = (await world.enter("witness")).answer;
  await world.ask("deny", { by: ann.id, participantIds: [gus.id] });
  assertEquals(gus.told.ended, closeCodes.removed);
  await world.ask("leave", { participantId: gil.id, client: gil.client });
  assertEquals(zoe.told.all("waiting.left").map(({ participant_id }) => participant_id), [gus.id, gil.id]);
  const secret = ["participant.waiting", "waiting.left", "participant.left"];
  assertEquals(bob.told.types().filter((type) => secret.includes(type)), []);
  assertEquals((await world.enter("late")).answer.rev, rev + 1, "none of it is numbered");
});

Deno.test("attempt › a try of the same join takes the place of the one before it", async () => {
  await using world = new MeetingWorld();
  const ann = await world.enter("ann");
  const first = await world.enter("bob", { ...withMedia, attempt_id: "a-1" });
  const second = await world.enter("bob", { ...withMedia, attempt_id: "a-1" });
  assertEquals([second.id, second.answer.resumed], [first.id, false]);
  assertEquals(first.told.ended, closeCodes.replaced);
  assertEquals(ann.told.all("participant.joined").length, 1);
  const third = await world.enter("bob", { ...withMedia, attempt_id: "a-2" });
  assertNotEquals(third.id, first.id, "another join is another device");
  const other = await world.enter("eve", { ...withMedia, attempt_id: "a-1" });
  assertNotEquals(other.id, first.id, "nobody takes another's place");
});

Deno.test("attempt › a try while the one before it still waits for media leaves one participant", async () => {
  await using world = new MeetingWorld();
  const ann = await world.enter("ann", withMedia);
  world.handler.faults.slowMs = 1_000;
  const { joined: lost, client } = await world.join("bob", { ...withMedia, attempt_id: "a-1" });
  await world.kit.advance(100);
  const { joined } = await world.join("bob", { ...withMedia, attempt_id: "a-1" });
  world.lose(client);
  assertEquals([await world.outcome(lost), await world.outcome(joined)], ["removed", "ok"]);
  await world.kit.advance(40_000);
  assertEquals(ann.told.all("participant.joined").length, 1);
  assertEquals(ann.told.all("participant.left"), []);
});

Deno.test("binding › the token before stays good until the client has shown that it has the newer one", async () => {
  await using world = new MeetingWorld();
  const bob = await world.enter("bob");
  const resume = (token: string) => ({
    resume: { correlation_id: bob.answer.correlation_id, binding_token: token },
  });
  const lost = await world.enter("bob", resume(bob.answer.binding_token));
  const again = await world.enter("bob", resume(bob.answer.binding_token));
  assertEquals([lost.id, again.id], [bob.id, bob.id], "a lost answer locks nobody out");
  const confirm = ({ id: participantId, client, answer: { binding_token: bindingToken } }: Entered) =>
    world.meeting.tell("confirmBinding", { participantId, bindingToken, client });
  confirm(lost);
  await world.kit.settle();
  const older = await world.enter("bob", resume(bob.answer.binding_token));
  assertEquals(older.id, bob.id, "an older connection shows nothing");

  confirm(older);
  await world.kit.settle();
  for (const used of [bob.answer.binding_token, lost.answer.binding_token, again.answer.binding_token]) {
    const replayed = await world.enter("bob", resume(used));
    assertEquals(replayed.answer.resumed, false);
    await world.ask("leave", { participantId: replayed.id, client: replayed.client });
  }
  assertEquals((await world.enter("bob", resume(older.answer.binding_token))).id, bob.id);
});

Deno.test("seats › members let people in until a host is in, not while one waits for media", async () => {
  await using world = new MeetingWorld({ settings: { waiting_room: true } });
  world.claims.set("ann", { role: "host" });
  world.claims.set("gus", { participant_type: "guest", role: "guest" });
  const bob = await world.enter("bob", withMedia);
  const gus = await world.enter("gus", withMedia);
  world.handler.faults.slowMs = 1_000;
  const ann = await world.join("ann", withMedia);
  await world.kit.advance(100);
  assertEquals(await world.ask("admit", { by: bob.id, participantIds: [gus.id] }), "ok");
  await world.kit.finish(ann.joined);
});

Deno.test("seats › a device that waits over a lost connection gives its place to a new one", async () => {
  await using world = new MeetingWorld({ settings: { waiting_room: true } });
  world.claims.set("eve", { participant_type: "external", role: "participant" });
  for (let count = 0; count < 4; count++) {
    const { answer, client } = await world.enter("eve");
    assertEquals(answer.state, "waiting");
    world.lose(client);
    await world.kit.settle();
  }
});
