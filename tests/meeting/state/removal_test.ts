import { assert, assertEquals } from "@std/assert";
import { fail } from "../../../shared/actor/mod.ts";
import { closeCodes } from "../../../shared/protocol/mod.ts";
import { MeetingAudit } from "../../../meeting/state/meeting_audit.ts";
import { meetingOfTwo, resumeOf } from "./meeting_of_two.ts";
import { type Entered, MeetingWorld, withMedia } from "./meeting_world.ts";

Deno.test("remove › all devices of the person go, and their earlier tokens are refused here and at all doors", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  const phone = await world.enter("bob");
  assertEquals(await world.ask("remove", { by: ann.id, participantId: bob.id, ban: false }), "ok");
  await world.kit.settle();
  assertEquals([bob.told.ended, phone.told.ended], [closeCodes.removed, closeCodes.removed]);
  assertEquals(ann.told.all("participant.left").map(({ reason }) => reason), ["removed", "removed"]);
  const kept = [world.revocations.received, world.upstream.received].map((received) =>
    received.filter(({ name }) => name === "revoke" || name === "recordRemoval").map(({ body }) =>
      typeof body === "object" && body !== null && "sub" in body && "banned" in body
        ? [body.sub, body.banned]
        : body
    )
  );
  assertEquals(kept, [[["bob", false]], [["bob", false]]]);
  const { joined, told } = await world.join("bob", { resume: resumeOf(bob) });
  assertEquals(await world.outcome(joined), "removed");
  assertEquals(told.ended, closeCodes.removed);
  world.claims.set("bob", { iat: MeetingWorld.startMs / 1_000 + 60 });
  assertEquals((await world.enter("bob")).answer.state, "joined", "a removal is no ban");
});

Deno.test("remove › has nobody wait for it, and is on record as no ban; a second ban tells nobody", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  const [cleo, dan] = [await world.enter("cleo"), await world.enter("dan")];
  const told = () => ann.told.all("meeting.updated").length;
  const remove = ({ id: participantId }: Entered, ban: boolean) =>
    world.ask("remove", { by: ann.id, participantId, ban });
  assertEquals([await remove(bob, false), told()], ["ok", 0]);
  assertEquals((await world.enter("eve")).answer.meeting.guests_wait, undefined);
  assertEquals([await remove(cleo, true), told(), await remove(dan, true), told()], ["ok", 1, "ok", 1]);
  const [record] = world.audit.received.map(({ body }) => MeetingAudit.record.input.parse(body));
  assertEquals([record?.type, record?.subject], ["participant_removed", "bob"]);
});

Deno.test("ban › holds though GC removes the person afterwards", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  await world.ask("remove", { by: ann.id, participantId: bob.id, ban: true });
  await world.ask("removeSubject", { sub: "bob" });
  world.claims.set("bob", { iat: MeetingWorld.startMs / 1_000 + 60 });
  assertEquals(await world.outcome((await world.join("bob")).joined), "removed");
});

Deno.test("remove › by GC refuses the person's earlier tokens, and is on record where they were there", async () => {
  const { world } = await meetingOfTwo();
  await using _world = world;
  for (const sub of ["bob", "nobody"]) assertEquals(await world.ask("removeSubject", { sub }), "ok");
  assertEquals(await world.outcome((await world.join("bob")).joined), "removed");
  world.claims.set("bob", { iat: MeetingWorld.startMs / 1_000 + 60 });
  assertEquals((await world.enter("bob")).answer.state, "joined");
  const records = world.audit.received.map(({ body }) => MeetingAudit.record.input.parse(body));
  assertEquals(records.map(({ type, actor, subject }) => [type, actor, subject]), [
    ["participant_removed", "system", "bob"],
  ]);
});

Deno.test("remove › what GC could not keep is told to it again", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  let isAway = true;
  world.upstream.answer("recordRemoval", () => isAway ? world.unavailable() : undefined);
  const removed = await world.kit.finish(
    world.meeting.ask("remove", { by: ann.id, participantId: bob.id, ban: true }),
  );
  assertEquals(removed.ok && removed.value, { durable: false });
  isAway = false;
  const before = world.upstream.received.length;
  await world.kit.advance(10_000);
  assert(world.upstream.received.slice(before).some(({ name }) => name === "recordRemoval"));
});

Deno.test("remove › a removal that GC can't keep is tried again at one pace, however often the live store is lost", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  world.upstream.answer("recordRemoval", () => world.unavailable());
  const toldIn = async (ms: number) => {
    const before = world.upstream.received.length;
    await world.kit.advance(ms);
    return world.upstream.received.slice(before).filter(({ name }) => name === "recordRemoval").length;
  };
  await world.kit.finish(world.meeting.ask("remove", { by: ann.id, participantId: bob.id, ban: true }));
  const once = await toldIn(20_000);
  for (let losses = 0; losses < 10; losses++) world.meeting.tell("storeLost", undefined);
  await toldIn(2_000);
  assertEquals(await toldIn(20_000), once);
});

Deno.test("remove › what GC refuses is told to it again for as long as the meeting is here", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  world.upstream.answer("recordRemoval", () => fail("refused", "This meeting runs somewhere else"));
  const told = () => world.upstream.received.filter(({ name }) => name === "recordRemoval").length;
  const removed = await world.kit.finish(
    world.meeting.ask("remove", { by: ann.id, participantId: bob.id, ban: true }),
  );
  assertEquals(removed.ok && removed.value, { durable: false });
  const once = told();
  await world.kit.advance(10_000);
  const again = told();
  assert(again > once + 1, `${once}, ${again}`);
  world.upstream.answer("recordRemoval", () => undefined);
  await world.kit.advance(10_000);
  assertEquals(told(), again + 1);
});

Deno.test("ban › the person stays out with any token, and after it whoever comes and is no member waits", async () => {
  await using world = new MeetingWorld({ settings: { waiting_room: false, allow_guests: true } });
  world.claims.set("ann", { role: "host" });
  for (const guest of ["gus", "gil"]) world.claims.set(guest, { participant_type: "guest", role: "guest" });
  world.claims.set("eva", { participant_type: "external" });
  const ann = await world.enter("ann");
  const gus = await world.enter("gus");
  assertEquals([gus.answer.state, gus.answer.meeting.guests_wait], ["joined", undefined]);
  assertEquals(await world.ask("remove", { by: ann.id, participantId: gus.id, ban: true }), "ok");
  // Hosts see why, also the other ones.
  assertEquals(ann.told.last("meeting.updated")?.meeting.guests_wait, true);
  world.claims.set("gus", { iat: Math.floor(Date.now() / 1_000) + 60 });
  assertEquals(await world.outcome((await world.join("gus")).joined), "removed");
  assertEquals((await world.enter("gil")).answer.state, "waiting");
  const eva = await world.enter("eva");
  assertEquals([eva.answer.state, eva.answer.meeting.guests_wait], ["waiting", true]);
  const bob = await world.enter("bob");
  assertEquals([bob.answer.state, bob.answer.meeting.guests_wait], ["joined", true]);
});

Deno.test("ban › who was banned with an account waits as a guest", async () => {
  await using world = new MeetingWorld({ settings: { waiting_room: false, allow_guests: true } });
  world.claims.set("ann", { role: "host" });
  world.claims.set("gus", { participant_type: "guest", role: "guest" });
  const ann = await world.enter("ann");
  const bob = await world.enter("bob");
  assertEquals(await world.ask("remove", { by: ann.id, participantId: bob.id, ban: true }), "ok");
  assertEquals((await world.enter("gus")).answer.state, "waiting");
});

Deno.test("remove › whom a host had made a host comes back as what their token says", async () => {
  await using world = new MeetingWorld();
  world.claims.set("ann", { role: "host" });
  const [ann, bob] = [await world.enter("ann"), await world.enter("bob")];
  await world.ask("giveRole", { by: ann.id, participantId: bob.id, role: "host" });
  await world.ask("remove", { by: ann.id, participantId: bob.id, ban: false });
  await world.ask("lock", { by: ann.id, locked: true });
  world.claims.set("bob", { iat: MeetingWorld.startMs / 1_000 + 60 });
  assertEquals(await world.outcome((await world.join("bob")).joined), "locked");
  await world.ask("lock", { by: ann.id, locked: false });
  assertEquals((await world.enter("bob")).answer.role, "participant");
});

Deno.test("remove › whom a host had demoted comes back as no host, whatever their token says", async () => {
  await using world = new MeetingWorld();
  for (const host of ["ann", "bob"]) world.claims.set(host, { role: "host" });
  const [ann, bob] = [await world.enter("ann"), await world.enter("bob")];
  await world.ask("giveRole", { by: ann.id, participantId: bob.id, role: "participant" });
  await world.ask("remove", { by: ann.id, participantId: bob.id, ban: false });
  world.claims.set("bob", { role: "host", iat: MeetingWorld.startMs / 1_000 + 60 });
  assertEquals((await world.enter("bob")).answer.role, "participant");
});

Deno.test("remove › where the controller stops before the person has gone, the next one has them go, with their media", async () => {
  await using world = new MeetingWorld();
  world.claims.set("ann", { role: "host" });
  const [ann, bob] = [await world.enter("ann", withMedia), await world.enter("bob", withMedia)];
  await world.produce(bob, "microphone");
  world.cut();
  await world.ask("remove", { by: ann.id, participantId: bob.id, ban: true });
  const snapshot = world.snapshots.find((one) => one.includes('"banned":true')) ?? "";
  assertEquals(JSON.parse(snapshot).attendees.length, 2, "it has the removal, and the removed person");
  await using next = new MeetingWorld({ snapshot, handler: world.handler });
  await next.kit.advance(1_000);
  assertEquals([...world.handler.participants.keys()], [ann.id]);
  const roster = await next.kit.finish(next.meeting.ask("roster", undefined));
  assertEquals(roster.ok && roster.value.participants.map(({ participant_id }) => participant_id), [ann.id]);
});

Deno.test("remove › where the handler could not be told before the controller stopped, the next one has the media closed at once", async () => {
  await using world = new MeetingWorld();
  world.claims.set("ann", { role: "host" });
  const [ann, bob] = [await world.enter("ann", withMedia), await world.enter("bob", withMedia)];
  await world.produce(bob, "microphone");
  world.cut();
  await world.ask("remove", { by: ann.id, participantId: bob.id, ban: false });
  const snapshot = world.snapshots.at(-1) ?? "";
  assertEquals(JSON.parse(snapshot).attendees.length, 1, "the removed person has gone");
  assert(world.handler.participants.has(bob.id), "and sends on");
  await using next = new MeetingWorld({ snapshot, handler: world.handler });
  await next.kit.advance(1_000);
  assertEquals([...world.handler.participants.keys()], [ann.id]);
});

Deno.test("remove › of two hosts who remove each other the one who was slower is out, and has removed nobody", async () => {
  await using world = new MeetingWorld();
  for (const host of ["ann", "bob"]) world.claims.set(host, { role: "host" });
  const [ann, bob] = [await world.enter("ann", withMedia), await world.enter("bob", withMedia)];
  const first = world.meeting.ask("remove", { by: ann.id, participantId: bob.id, ban: false });
  const second = world.meeting.ask("remove", { by: bob.id, participantId: ann.id, ban: true });
  assertEquals([await world.outcome(first), await world.outcome(second)], ["ok", "over"]);
  await world.kit.settle();
  assertEquals([ann.told.ended, bob.told.ended], [null, closeCodes.removed]);
});

Deno.test("remove › what the removed person had still asked for is not told to the others", async () => {
  await using world = new MeetingWorld();
  world.claims.set("ann", { role: "host" });
  const [ann, bob] = [await world.enter("ann", withMedia), await world.enter("bob", withMedia)];
  const removed = world.meeting.ask("remove", { by: ann.id, participantId: bob.id, ban: false });
  const { id: participantId } = bob;
  const late = [
    world.meeting.ask("chat", { participantId, text: "Bye" }),
    world.meeting.ask("react", { participantId, reaction: "👎" }),
    world.meeting.ask("update", { participantId, change: { hand_raised: true } }),
  ];
  assertEquals(await world.outcome(removed), "ok");
  for (const asked of late) assertEquals(await world.outcome(asked), "over");
  assertEquals(await world.ask("react", { participantId, reaction: "👎" }), "over", "nor later");
  await world.kit.settle();
  const told = (["chat.message", "reaction", "participant.updated"] as const).map((type) =>
    ann.told.all(type)
  );
  assertEquals(told, [[], [], []]);
});

Deno.test("remove › whoever was removed while nobody ran the meeting is out as it is opened, with their media", async () => {
  await using world = new MeetingWorld();
  const people = ["ann", "bob", "eve"];
  const [ann, bob, eve] = await Promise.all(people.map((name) => world.enter(name, withMedia)));
  assert(ann && bob && eve);
  await world.produce(bob, "microphone");
  world.cut();
  const snapshot = world.snapshots.at(-1) ?? "";
  await using next = new MeetingWorld({ snapshot, handler: world.handler });
  next.revokedAtMs.set("bob", MeetingWorld.startMs + world.kit.clock.now());
  // Removed before, and let in again with a newer ticket.
  next.revokedAtMs.set("eve", MeetingWorld.startMs - 1);
  await next.kit.advance(1_000);
  assertEquals(new Set(world.handler.participants.keys()), new Set([ann.id, eve.id]));
  const roster = await next.kit.finish(next.meeting.ask("roster", undefined));
  assertEquals(roster.ok && roster.value.participants.length, 2);
});

Deno.test("remove › neither oneself nor the creator", async () => {
  await using world = new MeetingWorld();
  world.claims.set("creator", { role: "host" });
  world.claims.set("ann", { role: "host" });
  const ann = await world.enter("ann");
  const creator = await world.enter("creator");
  for (const participantId of [ann.id, creator.id]) {
    assertEquals(await world.ask("remove", { by: ann.id, participantId, ban: false }), "forbidden");
  }
  assertEquals(await world.ask("remove", { by: ann.id, participantId: "nobody", ban: false }), "not_found");
});

Deno.test("creator › everybody is told who it is, on each device, and the next controller's people, too", async () => {
  await using world = new MeetingWorld();
  world.claims.set("creator", { role: "host" });
  world.claims.set("ann", { role: "host" });
  const ann = await world.enter("ann", withMedia);
  const laptop = await world.enter("creator", withMedia);
  const told = ann.told.last("participant.joined")?.participant;
  assertEquals([told?.participant_id, told?.is_creator], [laptop.id, true]);
  await world.enter("creator", withMedia);
  await world.kit.settle();
  const seats = ({ answer }: Entered) => answer.participants.map(({ is_creator }) => is_creator);
  assertEquals(seats(await world.enter("bob", withMedia)), [undefined, true, true, undefined]);
  world.cut();
  await using next = new MeetingWorld({ snapshot: world.snapshots.at(-1) ?? "", handler: world.handler });
  next.claims.set("ann", { role: "host" });
  const back = await next.enter("ann", { ...withMedia, resume: resumeOf(ann) });
  assertEquals(seats(back), [undefined, true, true, undefined]);
  assertEquals(await next.ask("remove", { by: back.id, participantId: laptop.id, ban: false }), "forbidden");
});

Deno.test("devices › everybody is told which are one person's, whichever leaves, and after a failover, too", async () => {
  await using world = new MeetingWorld();
  const first = await world.enter("bob", withMedia);
  const ann = await world.enter("ann", withMedia);
  const second = await world.enter("bob", withMedia);
  await world.kit.settle();
  const told = ann.told.last("participant.joined")?.participant;
  assertEquals([told?.participant_id, told?.same_person_as], [second.id, first.id]);
  await world.ask("leave", { participantId: first.id, client: first.client });
  const third = await world.enter("bob", withMedia);
  await world.kit.settle();
  const people = ({ answer }: Entered) =>
    answer.participants.map(({ participant_id, same_person_as }) => [participant_id, same_person_as]);
  const others = [[ann.id, undefined], [second.id, first.id], [third.id, first.id]];
  const eve = await world.enter("eve", withMedia);
  assertEquals(people(eve), [...others, [eve.id, undefined]]);
  world.cut();
  await using next = new MeetingWorld({ snapshot: world.snapshots.at(-1) ?? "", handler: world.handler });
  const back = await next.enter("ann", { ...withMedia, resume: resumeOf(ann) });
  assertEquals(people(back).slice(0, 3), others);
});

Deno.test("ban › of an earlier run has guests and externals wait in this one, and no member", async () => {
  const settings = { waiting_room: false, allow_guests: true };
  await using world = new MeetingWorld({ settings, hasBan: true });
  world.claims.set("gus", { participant_type: "guest", role: "guest" });
  world.claims.set("eve", { participant_type: "external" });
  const states = [];
  for (const name of ["gus", "eve", "bob"]) states.push((await world.enter(name)).answer.state);
  assertEquals(states, ["waiting", "waiting", "joined"]);
});
