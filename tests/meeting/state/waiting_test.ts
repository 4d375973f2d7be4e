import { assert, assertEquals } from "@std/assert";
import type { JoinRequest } from "../../../shared/protocol/mod.ts";
import { resumeOf } from "./meeting_of_two.ts";
import { type Entered, freshTokenOf, MeetingWorld, withMedia, type WorldOptions } from "./meeting_world.ts";

/** Ann is the host, gus and gil are guests. */
async function waitingWorld(options: WorldOptions = {}) {
  const world = new MeetingWorld(options);
  world.claims.set("ann", { role: "host" });
  for (const guest of ["gus", "gil"]) world.claims.set(guest, { participant_type: "guest", role: "guest" });
  return { world, ann: await world.enter("ann") };
}

/** A guest from an address asks to be let in. */
async function knockFrom(world: MeetingWorld, name: string, address: string) {
  world.claims.set(name, { participant_type: "guest", role: "guest" });
  world.addresses.set(name, address);
  return await world.outcome((await world.join(name)).joined);
}

Deno.test("waiting room › a person is admitted with all devices that wait, and takes one place", async () => {
  const { world, ann } = await waitingWorld({ maxParticipants: 2 });
  await using _world = world;
  const [laptop, phone] = [await world.enter("gus"), await world.enter("gus")];
  assertEquals(await world.ask("admit", { by: ann.id, participantIds: [laptop.id] }), "ok");
  assertEquals([laptop, phone].map(({ told }) => told.types().includes("admitted")), [true, true]);
  const left = ann.told.all("waiting.left").map(({ participant_id }) => participant_id);
  assertEquals(left, [laptop.id, phone.id]);
});

Deno.test("waiting room › a join's answer shows it to those who may admit, and to nobody else", async () => {
  const { world } = await waitingWorld();
  await using _world = world;
  world.claims.set("hal", { role: "host" });
  await world.enter("gus");
  const shown = async (name: string) =>
    (await world.enter(name)).answer.participants.flatMap(({ display_name, state }) =>
      state === "waiting" ? [display_name] : []
    );
  assertEquals([await shown("hal"), await shown("bob"), await shown("gil")], [["gus"], [], []]);
});

Deno.test("waiting room › who turns somebody away whom another host has let in is told so", async () => {
  const { world, ann } = await waitingWorld();
  await using _world = world;
  const [gus, gil] = [await world.enter("gus"), await world.enter("gil")];
  const decide = (verdict: "admit" | "deny", ...ids: string[]) =>
    world.ask(verdict, { by: ann.id, participantIds: ids });
  assertEquals([await decide("admit", gus.id), await decide("deny", gus.id)], ["ok", "not_found"]);
  assertEquals([await decide("admit", gus.id), gus.told.ended], ["ok", null], "it is as the host wants it");
  assertEquals([await decide("deny", gil.id), await decide("deny", gil.id)], ["ok", "ok"]);
});

Deno.test("waiting room › who asks to be let in again and again has to pause, and may come back as who waits", async () => {
  const { world, ann } = await waitingWorld();
  await using _world = world;
  const again = async () => await world.outcome((await world.join("gus")).joined);
  for (let times = 0; times < 4; times++) {
    const gus = await world.enter("gus");
    assertEquals(await world.ask("deny", { by: ann.id, participantIds: [gus.id] }), "ok");
  }
  const gus = await world.enter("gus");
  assertEquals(await again(), "too_often");
  assertEquals((await world.enter("gus", { resume: resumeOf(gus) })).id, gus.id);
  await world.kit.advance(60_000);
  assertEquals([await again(), await again()], ["ok", "too_often"]);
});

Deno.test("waiting room › where ten were turned away from, others have to pause, and nobody who needs not wait", async () => {
  const { world, ann } = await waitingWorld();
  await using _world = world;
  const guest = (name: string) => world.claims.set(name, { participant_type: "guest", role: "guest" });
  for (let number = 0; number < 10; number++) {
    guest(`guest ${number}`);
    const { id } = await world.enter(`guest ${number}`);
    assertEquals(await world.ask("deny", { by: ann.id, participantIds: [id] }), "ok");
  }
  guest("far");
  world.addresses.set("far", "192.0.2.1");
  assertEquals(await world.outcome((await world.join("gus")).joined), "too_often");
  assertEquals((await world.enter("far")).answer.state, "waiting");
  assertEquals((await world.enter("bob")).answer.state, "joined");
  await world.kit.advance(60_000);
  assertEquals((await world.enter("gus")).answer.state, "waiting");
});

Deno.test("waiting room › one address can't keep others out of it, who may wait beside those that it has too many", async () => {
  const { world } = await waitingWorld({ seats: { waiting: 3 } });
  await using _world = world;
  const knock = (name: string, address: string) => knockFrom(world, name, address);
  for (const name of ["a1", "a2", "a3"]) assertEquals(await knock(name, "192.0.2.1"), "ok", name);
  assertEquals(await knock("a4", "192.0.2.1"), "waiting_room_full");
  assertEquals([await knock("b1", "192.0.2.2"), await knock("c1", "192.0.2.3")], ["ok", "ok"]);
  assertEquals(await knock("d1", "192.0.2.4"), "waiting_room_full", "two of the places are full of others");
});

Deno.test("waiting room › a line and a telephone, each with an IPv4 address and an IPv6 prefix, leave a fifth of it to others", async () => {
  const { world } = await waitingWorld({ seats: { waiting: 10 } });
  await using _world = world;
  let names = 0;
  const fill = async (address: string) => {
    let room = 0;
    while (await knockFrom(world, `guest ${++names}`, address) === "ok") room++;
    return room;
  };
  const sites = ["192.0.2.1", "2001:db8::1", "198.51.100.1", "2001:db8:1::1"];
  const taken: number[] = [];
  for (const address of sites) taken.push(await fill(address));
  assertEquals(taken, [10, 2, 2, 2]);
  const others = [];
  for (const number of [1, 2, 3]) {
    others.push(await knockFrom(world, `other ${number}`, `203.0.113.${number}`));
  }
  assertEquals(others, ["ok", "ok", "waiting_room_full"]);
});

Deno.test("waiting room › the addresses of one site are one", async () => {
  const { world } = await waitingWorld({ seats: { waiting: 2 } });
  await using _world = world;
  const knock = (name: string, address: string) => knockFrom(world, name, address);
  assertEquals([await knock("a1", "2001:db8::1"), await knock("a2", "2001:db8::2")], ["ok", "ok"]);
  assertEquals(await knock("a3", "2001:db8::3"), "waiting_room_full");
  assertEquals(await knock("a4", "2001:db8:0:1::1"), "waiting_room_full");
  assertEquals(await knock("b1", "2001:db8:1::1"), "ok");
});

Deno.test("waiting room › who waited before a failover fills a place each, wherever they come from", async () => {
  const { world: before } = await waitingWorld();
  for (const [name, address] of [["a1", "192.0.2.1"], ["a2", "192.0.2.1"]] as const) {
    assertEquals(await knockFrom(before, name, address), "ok");
  }
  await before.kit.advance(1_000);
  const snapshot = before.snapshots.at(-1) ?? null;
  await before[Symbol.asyncDispose]();
  const { world } = await waitingWorld({ snapshot, seats: { waiting: 2 } });
  await using _world = world;
  assertEquals(await knockFrom(world, "a3", "192.0.2.1"), "waiting_room_full");
});

Deno.test("waiting room › once nobody has to wait those who do are let in, as many as there is room for", async () => {
  const { world, ann } = await waitingWorld({ maxParticipants: 2, settings: { waiting_room: true } });
  await using _world = world;
  const [gus, gil] = [await world.enter("gus"), await world.enter("gil")];
  await world.changeSettings({ on_join: { camera: false, microphone: true } });
  assertEquals(ann.told.types().includes("waiting.left"), false);
  await world.changeSettings({ waiting_room: false });
  assertEquals([gus, gil].map(({ told }) => told.types().includes("admitted")), [true, false]);
});

Deno.test("waiting room › once nobody has to wait nobody is let in where a host has come beyond the maximum", async () => {
  const { world } = await waitingWorld({ maxParticipants: 2, settings: { waiting_room: true } });
  await using _world = world;
  world.claims.set("hal", { role: "host" });
  const [gus, gil] = [await world.enter("gus"), await world.enter("gil")];
  for (const name of ["bob", "hal"]) await world.enter(name);
  await world.changeSettings({ waiting_room: false });
  assertEquals([gus, gil].map(({ told }) => told.types().includes("admitted")), [false, false]);
});

Deno.test("waiting room › who had no seat when nobody had to wait any more gets the next one, with all devices", async () => {
  const { world, ann } = await waitingWorld({ maxParticipants: 2, settings: { waiting_room: true } });
  await using _world = world;
  const gus = await world.enter("gus");
  const gil = [await world.enter("gil"), await world.enter("gil")];
  await world.changeSettings({ waiting_room: false });
  const areIn = () => gil.map(({ told }) => told.types().includes("admitted"));
  assertEquals([gus.told.types().includes("admitted"), ...areIn()], [true, false, false]);
  await world.ask("leave", { participantId: gus.id, client: gus.client });
  await world.kit.advance(100);
  assertEquals(areIn(), [true, true]);
  assertEquals(ann.told.ended, null);
});

Deno.test("waiting room › the place that was kept for a host is free once a member has become one", async () => {
  await using world = new MeetingWorld({ maxParticipants: 3, settings: { waiting_room: true } });
  for (const guest of ["gus", "gil"]) world.claims.set(guest, { participant_type: "guest", role: "guest" });
  const [bob, gus, gil] = [await world.enter("bob"), await world.enter("gus"), await world.enter("gil")];
  await world.changeSettings({ waiting_room: false });
  const areIn = () => [gus, gil].map(({ told }) => told.types().includes("admitted"));
  assertEquals(areIn(), [true, false], "a host may still come");
  const renewed = freshTokenOf("bob", { iat: 2_000, role: "host" });
  world.meeting.tell("rebind", { participantId: bob.id, ...renewed });
  await world.kit.settle();
  assertEquals(areIn(), [true, true]);
});

Deno.test("waiting room › a device of somebody who has a seat needs none once nobody has to wait", async () => {
  const { world } = await waitingWorld({ maxParticipants: 3, settings: { waiting_room: true } });
  await using _world = world;
  const [laptop, gil] = [await world.enter("gus"), await world.enter("gil")];
  world.claims.set("gus", { role: "host" });
  assertEquals((await world.enter("gus")).answer.state, "joined");
  await world.changeSettings({ waiting_room: false });
  assertEquals([laptop, gil].map(({ told }) => told.types().includes("admitted")), [true, true]);
});

Deno.test("waiting room › nobody is let in whom a lock or a setting keeps out", async () => {
  const { world, ann } = await waitingWorld({ settings: { waiting_room: true, allow_guests: true } });
  await using _world = world;
  world.claims.set("eva", { participant_type: "external" });
  const [gus, eva] = [await world.enter("gus"), await world.enter("eva")];
  await world.ask("lock", { by: ann.id, locked: true });
  await world.changeSettings({ waiting_room: false, allow_guests: false });
  const areIn = () => [gus, eva].map(({ told }) => told.types().includes("admitted"));
  assertEquals(areIn(), [false, false]);
  await world.ask("lock", { by: ann.id, locked: false });
  assertEquals(areIn(), [false, true]);
});

for (const closing of ["lock", "suspend"] as const) {
  Deno.test(`waiting room › switched off during a ${closing}, it lets in those who wait with the unlock`, async () => {
    const { world, ann } = await waitingWorld({ settings: { waiting_room: true } });
    await using _world = world;
    const gus = await world.enter("gus");
    await world.ask(closing, { by: ann.id, locked: true });
    await world.changeSettings({ waiting_room: false });
    assertEquals(gus.told.types().includes("admitted"), false);
    await world.ask("lock", { by: ann.id, locked: false });
    assertEquals(gus.told.types().includes("admitted"), true);
    assertEquals(ann.told.all("waiting.left"), [{ participant_id: gus.id }]);
  });
}

for (const [settings, state] of [[{ waiting_room: false }, "joined"], [{}, "waiting"]] as const) {
  Deno.test(`waiting room › who waited before a failover is ${state} after it, with ${JSON.stringify(settings)} since`, async () => {
    const { world: before } = await waitingWorld({ settings: { waiting_room: true } });
    const waited = await before.enter("gus", withMedia);
    await before.kit.advance(1_000);
    const snapshot = before.snapshots.at(-1) ?? null;
    await before[Symbol.asyncDispose]();
    const { world, ann } = await waitingWorld({ settings: { waiting_room: true, ...settings }, snapshot });
    await using _world = world;
    const resumed = await world.enter("gus", { ...withMedia, resume: resumeOf(waited) });
    assertEquals([resumed.id, resumed.answer.state], [waited.id, state]);
    assertEquals(resumed.answer.transports !== undefined, state === "joined");
    const isTold = ann.told.all("participant.updated").some(({ participant }) =>
      participant.participant_id === waited.id && participant.state === "joined"
    );
    assertEquals(isTold, state === "joined");
  });
}

Deno.test("waiting room › after a ban those who wait go on waiting, whatever the setting is", async () => {
  const { world, ann } = await waitingWorld({ settings: { waiting_room: true } });
  await using _world = world;
  const bob = await world.enter("bob");
  const gus = await world.enter("gus");
  await world.ask("remove", { by: ann.id, participantId: bob.id, ban: true });
  await world.changeSettings({ waiting_room: false });
  assertEquals(gus.told.types().includes("admitted"), false);
});

Deno.test("waiting room › who is admitted while their connection is lost is announced as away", async () => {
  const { world, ann } = await waitingWorld();
  await using _world = world;
  const gus = await world.enter("gus");
  world.lose(gus.client);
  await world.kit.settle();
  assertEquals(await world.ask("admit", { by: ann.id, participantIds: [gus.id] }), "ok");
  assertEquals(ann.told.all("waiting.left"), [{ participant_id: gus.id }]);
  const joined = ann.told.all("participant.joined").map(({ participant }) => participant);
  assertEquals(joined.map(({ participant_id, state }) => [participant_id, state]), [[gus.id, "away"]]);
});

Deno.test("waiting room › of two who are admitted at once, the one who is number n + 1 starts muted", async () => {
  const { world, ann } = await waitingWorld({ settings: { start_muted_above: 2 } });
  await using _world = world;
  const [gus, gil] = [await world.enter("gus", withMedia), await world.enter("gil", withMedia)];
  await world.ask("admit", { by: ann.id, participantIds: [gus.id, gil.id] });
  const muted = [gus, gil].map(({ told }) => told.last("admitted")?.start_muted);
  assertEquals(muted, [undefined, ["microphone"]]);
});

Deno.test("waiting room › who was let in and who was turned away is on record, with who decided", async () => {
  const { world, ann } = await waitingWorld();
  await using _world = world;
  const [gus, gil] = [await world.enter("gus"), await world.enter("gil")];
  await world.ask("admit", { by: ann.id, participantIds: [gus.id] });
  await world.ask("deny", { by: ann.id, participantIds: [gil.id] });
  const of = { meetingId: "m", actor: "ann", address: "127.0.0.1", details: { participant_type: "guest" } };
  assertEquals(world.audit.received.map(({ body }) => body), [
    { ...of, type: "guest_admitted", subject: "gus" },
    { ...of, type: "guest_denied", subject: "gil" },
  ]);
});

Deno.test("waiting room › who is admitted while there is no media is told that it follows", async () => {
  const { world, ann } = await waitingWorld();
  await using _world = world;
  const gus = await world.enter("gus", withMedia);
  world.handler.faults.full = true;
  await world.ask("admit", { by: ann.id, participantIds: [gus.id] });
  await world.kit.advance(2_500);
  assertEquals(gus.told.last("admitted")?.media_pending, true);
  world.handler.faults.full = false;
  await world.kit.advance(2_000);
  assertEquals(gus.told.types().includes("media.moved"), true);
});

/** Gus is let in, and his media is under way. */
async function letIn(request: JoinRequest = withMedia) {
  const { world, ann } = await waitingWorld();
  const gus = await world.enter("gus", request);
  Object.assign(world.handler.faults, { full: true, slowMs: 1_000 });
  assertEquals(await world.ask("admit", { by: ann.id, participantIds: [gus.id] }), "ok");
  await world.kit.advance(100);
  assertEquals(gus.told.types().includes("admitted"), false, "he has to wait for his media");
  /** What ann was told of gus as a participant. */
  const seen = () =>
    ann.told.notifications.flatMap(({ type, data }) => {
      if (type === "participant.left") return ["left"];
      return type === "participant.joined" || type === "participant.updated" ? [data.participant.state] : [];
    });
  return { world, gus, seen };
}

const comings = [
  ["resumes", (gus: Entered) => ({ ...withMedia, resume: resumeOf(gus) })],
  ["tries the same join again", () => ({ ...withMedia, attempt_id: "one" })],
] as const;
for (const [how, request] of comings) {
  Deno.test(`waiting room › who was let in and ${how} before there is media is in without it, too`, async () => {
    const { world, gus, seen } = await letIn({ ...withMedia, attempt_id: "one" });
    await using _world = world;
    const { joined, told } = await world.join("gus", request(gus));
    const answer = await world.kit.finish(joined);
    assert(answer.ok, answer.ok ? "" : answer.error.message);
    const { participant_id, state, media_pending } = answer.value;
    assertEquals([participant_id, state, media_pending], [gus.id, "joined", true]);
    await world.kit.settle();
    assertEquals(seen(), ["joined"]);
    Object.assign(world.handler.faults, { full: false, slowMs: 0 });
    await world.kit.advance(3_000);
    assertEquals(told.types().includes("media.moved"), true);
  });
}

Deno.test("waiting room › who was let in, and is lost again before there is media, is away", async () => {
  const { world, gus, seen } = await letIn();
  await using _world = world;
  const request = { ...withMedia, resume: resumeOf(gus) };
  const { client } = await world.join("gus", request);
  await world.kit.advance(100);
  world.lose(client);
  await world.kit.advance(3_000);
  assertEquals(seen(), ["joined", "away"]);
  assertEquals((await world.enter("gus", request)).id, gus.id);
});
