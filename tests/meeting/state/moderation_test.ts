import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { isPausedAtHandler, meetingOfTwo, own, resumeOf } from "./meeting_of_two.ts";
import { type Entered, MeetingWorld, withMedia } from "./meeting_world.ts";

Deno.test("mute › a host's mute pauses at the handler, and its owner can't resume until a host lifts it", async () => {
  const { world, ann, bob, microphone } = await meetingOfTwo();
  await using _world = world;
  const mute = (muted: boolean) =>
    world.ask("mute", { by: ann.id, participantId: bob.id, source: "microphone", muted });
  assertEquals(await mute(true), "ok");
  assertEquals(isPausedAtHandler(world, bob, "microphone"), true);
  assertEquals(isPausedAtHandler(world, bob, "camera"), false);
  assertEquals(await world.setPaused(bob, microphone, false), "forbidden");
  assertEquals(isPausedAtHandler(world, bob, "microphone"), true);
  assertEquals(bob.told.last("moderation.muted"), {
    participant_id: bob.id,
    source: "microphone",
    muted: true,
    by: ann.id,
    may_unmute: false,
  });
  assertEquals(ann.told.last("moderation.muted"), undefined);

  assertEquals(await mute(false), "ok");
  assertEquals(isPausedAtHandler(world, bob, "microphone"), true, "nobody is unmuted by others");
  assertEquals(bob.told.last("moderation.muted")?.may_unmute, true);
  assertEquals(await world.setPaused(bob, microphone, false), "ok");
  assertEquals(isPausedAtHandler(world, bob, "microphone"), false);
});

Deno.test("mute › of a screen it is of its sound as well", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  await world.produce(bob, "screen");
  const sound = await world.produce(bob, "screen_audio");
  const mute = (muted: boolean) =>
    world.ask("mute", { by: ann.id, participantId: bob.id, source: "screen", muted });
  assertEquals(await mute(true), "ok");
  assertEquals(isPausedAtHandler(world, bob, "screen_audio"), true);
  assertEquals(await world.setPaused(bob, sound, false), "forbidden");
  assertEquals(await mute(false), "ok");
  assertEquals(await world.setPaused(bob, sound, false), "ok");
});

Deno.test("mute › it holds for producers that come later, after fresh transports too", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  await world.ask("mute", { by: ann.id, participantId: bob.id, source: "microphone", muted: true });
  const again = await world.enter("bob", { ...withMedia, resume: resumeOf(bob) });
  assertEquals(again.id, bob.id);
  await world.produce(again, "microphone");
  await world.kit.settle();
  assertEquals(isPausedAtHandler(world, bob, "microphone"), true);
  await world.ask("mute", { by: ann.id, participantId: bob.id, source: "microphone", muted: false });
  assertEquals(
    isPausedAtHandler(world, bob, "microphone"),
    true,
    "born muted, it is its owner's to switch on",
  );
});

Deno.test("mute › it holds for the person: on all of their devices, and after they have left and joined anew", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  const phone = await world.enter("bob", withMedia);
  await world.produce(phone, "microphone");
  const mute = (participantId: string, muted: boolean) =>
    world.ask("mute", { by: ann.id, participantId, source: "microphone", muted });
  assertEquals(await mute(bob.id, true), "ok");
  assertEquals(
    [bob, phone].map((one) => isPausedAtHandler(world, one, "microphone")),
    [true, true],
  );
  assertEquals(phone.told.last("moderation.muted")?.participant_id, phone.id);
  for (const { id: participantId, client } of [bob, phone]) {
    await world.ask("leave", { participantId, client });
  }
  await world.kit.advance(1_000);
  const again = await world.enter("bob", withMedia);
  assertNotEquals(again.id, bob.id);
  assertEquals(own(again).muted_sources, ["microphone"]);
  const microphone = await world.produce(again, "microphone");
  await world.kit.settle();
  assertEquals(isPausedAtHandler(world, again, "microphone"), true);
  assertEquals(await world.setPaused(again, microphone, false), "forbidden");
  assertEquals(await mute(again.id, false), "ok");
  assertEquals(await world.setPaused(again, microphone, false), "ok");
});

Deno.test("mute › the others see it with the next revision, at once and once", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  ann.told.notifications.length = 0;
  await world.ask("mute", { by: ann.id, participantId: bob.id, source: "camera", muted: true });
  const updates = ann.told.all("participant.updated");
  assertEquals(updates.length, 1);
  const [update] = updates;
  assertEquals(update?.participant.muted_sources, ["camera"]);
  const camera = update?.participant.sources.find(({ source }) => source === "camera");
  assertEquals([camera?.paused, camera?.muted_by_host], [true, true]);
});

Deno.test("mute › while the store can't write it holds all the same, and the answer says that it may be lost", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  world.storeGate = new Promise(() => {});
  const muted = world.meeting.ask("mute", {
    by: ann.id,
    participantId: bob.id,
    source: "microphone",
    muted: true,
  });
  await world.kit.settle();
  assertEquals(isPausedAtHandler(world, bob, "microphone"), true);
  const answer = await world.kit.finish(muted);
  assertEquals(answer.ok && answer.value, { durable: false });
  const said = await world.kit.finish(world.meeting.ask("chat", { participantId: bob.id, text: "Hello" }));
  assertEquals(said.ok && said.value.durable, false);
  world.storeGate = null;
});

Deno.test("mute all › silences everybody but hosts, once: they may switch themselves on again", async () => {
  const { world, ann, bob, microphone } = await meetingOfTwo();
  await using _world = world;
  await world.produce(ann, "microphone");
  assertEquals(await world.ask("muteAll", { by: ann.id, source: "microphone" }), "ok");
  assertEquals(isPausedAtHandler(world, bob, "microphone"), true);
  assertEquals(isPausedAtHandler(world, ann, "microphone"), false);
  assertEquals(bob.told.last("moderation.muted")?.may_unmute, true);
  assertEquals(await world.setPaused(bob, microphone, false), "ok");
  assertEquals(isPausedAtHandler(world, bob, "microphone"), false);
});

Deno.test("ask to unmute › only asks, and only the asked", async () => {
  const { world, ann, bob, microphone } = await meetingOfTwo();
  await using _world = world;
  await world.setPaused(bob, microphone, true);
  assertEquals(
    await world.ask("askUnmute", { by: ann.id, participantId: bob.id, source: "microphone" }),
    "ok",
  );
  assertEquals(bob.told.last("moderation.unmute_asked"), { source: "microphone", by: ann.id });
  assertEquals(ann.told.last("moderation.unmute_asked"), undefined);
  assertEquals(isPausedAtHandler(world, bob, "microphone"), true);
});

Deno.test("ask to unmute › not again and again, whichever device is asked; others may be asked, and others may ask", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  world.claims.set("eve", { role: "host" });
  const [eve, phone, joe] = [await world.enter("eve"), await world.enter("bob"), await world.enter("joe")];
  const ask = (whom: { id: string }, { id: by } = ann) =>
    world.ask("askUnmute", { by, participantId: whom.id, source: "camera" });
  const outcomes: string[] = [];
  for (const whom of [bob, phone, bob, phone, bob, bob, phone]) outcomes.push(await ask(whom));
  assertEquals(outcomes, ["ok", "ok", "ok", "ok", "ok", "too_often", "too_often"]);
  const asked = [bob, phone].map(({ told }) => told.all("moderation.unmute_asked").length);
  assertEquals(asked, [3, 2]);
  assertEquals([await ask(joe), await ask(bob, eve)], ["ok", "ok"]);
  await world.kit.advance(10_000);
  assertEquals([await ask(bob), await ask(bob)], ["ok", "too_often"]);
});

Deno.test("moderation › nobody but a host may", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  const by = bob.id;
  const of = { by, participantId: ann.id };
  const outcomes = [
    await world.ask("mute", { ...of, source: "microphone", muted: true }),
    await world.ask("muteAll", { by, source: "microphone" }),
    await world.ask("askUnmute", { ...of, source: "camera" }),
    await world.ask("permissions", { by, permissions: { chat: false } }),
    await world.ask("suspend", { by }),
    await world.ask("giveRole", { ...of, participantId: bob.id, role: "host" }),
    await world.ask("remove", { ...of, ban: true }),
    await world.ask("lock", { by, locked: true }),
    await world.ask("admit", { by, participantIds: ["x"] }),
    await world.ask("deny", { by, participantIds: ["x"] }),
    await world.ask("end", { by }),
  ];
  assertEquals(outcomes, outcomes.map(() => "forbidden"));
  assertEquals([ann.told.ended, bob.told.ended], [null, null]);
});

Deno.test("roles › a promoted participant is a host at once, and by their sub from then on", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  world.claims.set("gus", { participant_type: "guest", role: "guest" });
  const gus = await world.enter("gus");
  assertEquals(gus.answer.state, "waiting");
  bob.told.notifications.length = 0;
  assertEquals(await world.ask("giveRole", { by: ann.id, participantId: bob.id, role: "host" }), "ok");
  assertEquals(ann.told.last("participant.updated")?.participant.role, "host");
  assertEquals(bob.told.all("participant.waiting").map(({ participant }) => participant.participant_id), [
    gus.id,
  ]);
  assertEquals(await world.ask("admit", { by: bob.id, participantIds: [gus.id] }), "ok");
  await world.ask("leave", { participantId: bob.id, client: bob.client });
  const again = await world.enter("bob", withMedia);
  assertEquals(again.answer.role, "host");
});

Deno.test("roles › the last host and the creator stay hosts", async () => {
  await using world = new MeetingWorld();
  world.claims.set("creator", { role: "host" });
  world.claims.set("ann", { role: "host" });
  await world.enter("bob");
  const ann = await world.enter("ann");
  const demote = (by: Entered, whom: Entered) =>
    world.ask("giveRole", { by: by.id, participantId: whom.id, role: "participant" });
  assertEquals(await demote(ann, ann), "forbidden");
  const creator = await world.enter("creator");
  assertEquals(await demote(ann, creator), "forbidden");
  assertEquals(await demote(ann, ann), "ok");
  assertEquals(ann.told.last("participant.updated")?.participant.role, "participant");
  assertEquals(await world.ask("suspend", { by: ann.id }), "forbidden");
});

Deno.test("roles › given to somebody on a device, it is told of no other one that still waits", async () => {
  const { world, ann, bob } = await meetingOfTwo({ settings: { waiting_room: true } });
  await using _world = world;
  world.claims.set("gus", { participant_type: "guest", role: "guest" });
  const laptop = await world.enter("gus");
  world.claims.set("gus", { participant_type: "guest", role: "host" });
  const phone = await world.enter("gus");
  assertEquals(await world.ask("giveRole", { by: ann.id, participantId: phone.id, role: "host" }), "ok");
  const named = bob.told.all("participant.updated").map(({ participant }) => participant.participant_id);
  assertEquals([named.includes(laptop.id), ann.told.types().includes("waiting.left")], [false, false]);
});

/** Of the orders in which actors take turns, in some somebody is still on the way out when the next request comes. */
const seeds = Array.from({ length: 10 }, (_, seed) => seed);

Deno.test("roles › who has just removed the other host is the last one, and stays", async () => {
  for (const seed of seeds) {
    await using world = new MeetingWorld({ seed });
    for (const host of ["ann", "zoe"]) world.claims.set(host, { role: "host" });
    const [ann, zoe] = [await world.enter("ann"), await world.enter("zoe")];
    const removed = world.meeting.ask("remove", { by: ann.id, participantId: zoe.id, ban: false });
    const stepped = world.meeting.ask("giveRole", { by: ann.id, participantId: ann.id, role: "participant" });
    assertEquals([await world.outcome(removed), await world.outcome(stepped)], ["ok", "forbidden"]);
  }
});

Deno.test("roles › who is on the way out is made a host by nobody, and comes back as none", async () => {
  for (const seed of seeds) {
    await using world = new MeetingWorld({ seed });
    world.claims.set("ann", { role: "host" });
    const [ann, bob] = [await world.enter("ann"), await world.enter("bob")];
    const of = { by: ann.id, participantId: bob.id };
    const removed = world.meeting.ask("remove", { ...of, ban: false });
    const given = world.meeting.ask("giveRole", { ...of, role: "host" });
    assertEquals([await world.outcome(removed), await world.outcome(given)], ["ok", "not_found"]);
    world.claims.set("bob", { iat: MeetingWorld.startMs / 1_000 + 60 });
    assertEquals((await world.enter("bob")).answer.role, "participant");
  }
});

Deno.test("hands › are in the order in which they were raised, and one that is up keeps its place", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  const raise = (participantId: string, hand_raised: boolean) =>
    world.ask("update", { participantId, change: { hand_raised } });
  await raise(bob.id, true);
  const first = ann.told.last("participant.updated")?.participant.hand_raised_at;
  assert(first !== undefined);
  await world.kit.advance(1_000);
  await raise(bob.id, true);
  assertEquals(ann.told.last("participant.updated")?.participant.hand_raised_at, first);
  await raise(ann.id, true);
  const second = bob.told.last("participant.updated")?.participant.hand_raised_at;
  assert(second !== undefined && second > first, second);
  await raise(bob.id, false);
  const down = ann.told.last("participant.updated")?.participant;
  assertEquals([down?.hand_raised, down?.hand_raised_at], [false, undefined]);
});

Deno.test("audit › each act of a host is on record, with who did it and to whom", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  const of = { by: ann.id, participantId: bob.id };
  await world.ask("mute", { ...of, source: "microphone", muted: true });
  await world.ask("giveRole", { ...of, role: "host" });
  await world.ask("remove", { ...of, ban: true });
  const records = world.audit.received.map(({ body }) => {
    if (typeof body !== "object" || body === null) return body;
    const { type, actor, subject } = { type: "", actor: "", subject: "", ...body };
    return `${actor} ${type} ${subject}`;
  });
  assertEquals(records, [
    "ann participant_muted bob",
    "ann meeting_role_changed bob",
    "ann participant_banned bob",
  ]);
});

Deno.test("audit › a mute and a lock are told apart from their ends", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  for (const muted of [true, false]) {
    await world.ask("mute", { by: ann.id, participantId: bob.id, source: "camera", muted });
  }
  await world.ask("muteAll", { by: ann.id, source: "microphone" });
  for (const locked of [true, false]) await world.ask("lock", { by: ann.id, locked });
  await world.ask("suspend", { by: ann.id });
  const of = { meetingId: "m", actor: "ann", address: "127.0.0.1" };
  const locked = { ...of, type: "meeting_locked", subject: "m" };
  const muted = { ...of, type: "participant_muted", subject: "bob" };
  assertEquals(world.audit.received.map(({ body }) => body), [
    { ...muted, details: { source: "camera", muted: 1 } },
    { ...muted, details: { source: "camera", muted: 0 } },
    { ...muted, subject: "m", details: { source: "microphone", muted: 1 } },
    { ...locked, details: { locked: 1 } },
    { ...locked, details: { locked: 0 } },
    { ...locked, details: { locked: 1 } },
  ]);
});

Deno.test("rights › survive the controller: mutes, permissions, roles, removals and the guests' wait", async () => {
  const { world, ann, bob } = await meetingOfTwo();
  await using _world = world;
  world.claims.set("gus", { participant_type: "guest", role: "guest" });
  const gus = await world.enter("gus");
  await world.ask("mute", { by: ann.id, participantId: bob.id, source: "camera", muted: true });
  await world.ask("permissions", { by: ann.id, permissions: { microphone: false } });
  await world.ask("remove", { by: ann.id, participantId: gus.id, ban: true });
  const cleo = await world.enter("cleo");
  await world.ask("giveRole", { by: ann.id, participantId: cleo.id, role: "host" });
  const eve = await world.enter("eve");
  await world.ask("mute", { by: ann.id, participantId: eve.id, source: "microphone", muted: true });
  await world.ask("leave", { participantId: eve.id, client: eve.client });
  const snapshot = world.snapshots.at(-1) ?? "";

  await using next = new MeetingWorld({ snapshot, settings: { waiting_room: false, allow_guests: true } });
  for (const guest of ["gus", "gil"]) next.claims.set(guest, { participant_type: "guest", role: "guest" });
  const back = await next.enter("bob", { ...withMedia, resume: resumeOf(bob) });
  assertEquals(back.answer.resumed, true);
  assertEquals(back.answer.meeting.permissions.microphone, false);
  for (const source of ["camera", "microphone"] as const) {
    await next.produce(back, source);
    assertEquals(isPausedAtHandler(next, back, source), true, source);
  }
  assertEquals(await next.outcome((await next.join("gus")).joined), "removed");
  assertEquals((await next.enter("gil")).answer.state, "waiting");
  assertEquals((await next.enter("cleo")).answer.role, "host");
  assertEquals(own(await next.enter("eve")).muted_sources, ["microphone"]);
});
