import { assertEquals } from "@std/assert";
import { resumeOf } from "./meeting_of_two.ts";
import { MeetingWorld } from "./meeting_world.ts";
import { Client } from "../support/client.ts";
import { startShard } from "../support/shard.ts";

const closed = { allow_guests: false, allow_external_participants: false };

/** An open meeting of a host, in which two guests and an external are. */
async function meetingOfAllKinds() {
  const world = new MeetingWorld({ settings: { waiting_room: false } });
  world.claims.set("ann", { role: "host" });
  for (const guest of ["gus", "gil", "gia"]) {
    world.claims.set(guest, { participant_type: "guest", role: "guest" });
  }
  for (const external of ["eve", "eva"]) world.claims.set(external, { participant_type: "external" });
  const [ann, gus, gil, eve] = [
    await world.enter("ann"),
    await world.enter("gus"),
    await world.enter("gil"),
    await world.enter("eve"),
  ];
  const join = async (name: string) => await world.outcome((await world.join(name)).joined);
  return { world, ann, gus, gil, eve, join };
}

Deno.test("settings › who has a ticket from before them and no seat is refused as they say; members come in", async () => {
  const { world, join } = await meetingOfAllKinds();
  await using _world = world;
  await world.changeSettings(closed);
  assertEquals([await join("gia"), await join("eva"), await join("bob")], [
    "no_guests",
    "no_externals",
    "ok",
  ]);
  await world.changeSettings({ allow_guests: true });
  assertEquals([await join("gia"), await join("eva")], ["ok", "no_externals"]);
});

Deno.test("settings › who has a seat keeps it, comes back and brings another device, until they have left", async () => {
  const { world, gus, eve, join } = await meetingOfAllKinds();
  await using _world = world;
  await world.changeSettings(closed);
  world.lose(gus.client);
  await world.kit.settle();
  const back = await world.enter("gus", { resume: resumeOf(gus) });
  assertEquals([back.id, back.answer.resumed], [gus.id, true]);
  const phone = await world.enter("gus");
  assertEquals(await join("eve"), "ok");
  for (const { id: participantId, client } of [back, phone]) {
    await world.ask("leave", { participantId, client });
  }
  assertEquals(await join("gus"), "no_guests");
  world.lose(eve.client);
  await world.kit.advance(31_000);
  assertEquals(await join("eve"), "ok", "with the other device");
});

Deno.test("settings › who was made a host in this run comes in for as long as it lasts", async () => {
  const { world, ann, gil, join } = await meetingOfAllKinds();
  await using _world = world;
  assertEquals(await world.ask("giveRole", { by: ann.id, participantId: gil.id, role: "host" }), "ok");
  await world.changeSettings(closed);
  await world.ask("leave", { participantId: gil.id, client: gil.client });
  assertEquals(await join("gil"), "ok");
});

Deno.test("settings › a client is refused by the code for each", async () => {
  await using shard = await startShard();
  const meeting_id = await shard.newMeeting({ settings: closed });
  const codeFor = async (participant_type: "guest" | "external" | "member") => {
    const token = await shard.issuer.meetingToken({ sub: participant_type, meeting_id, participant_type });
    using client = new Client(shard.url, token);
    const answer = await client.request("join", {});
    return answer.ok ? "ok" : answer.error.code;
  };
  assertEquals([await codeFor("guest"), await codeFor("external"), await codeFor("member")], [
    "FORBIDDEN",
    "NOT_FOUND",
    "ok",
  ]);
});
