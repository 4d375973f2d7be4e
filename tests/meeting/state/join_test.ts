import { assert, assertEquals } from "@std/assert";
import { closeCodes } from "../../../shared/protocol/mod.ts";
import { MeetingWorld, withMedia } from "./meeting_world.ts";

const names = (participants: readonly { readonly display_name: string }[]) =>
  participants.map(({ display_name }) => display_name);

Deno.test("join › a participant who gets no media is never announced, and takes no seat", async () => {
  await using world = new MeetingWorld();
  const ada = await world.enter("ada", withMedia);
  world.handler.faults.full = true;
  const { joined } = await world.join("bob", withMedia);
  const refused = await world.kit.finish(joined);
  assertEquals(refused.ok ? "joined" : refused.error.code, "unavailable");
  await world.kit.settle();
  assertEquals(ada.told.types().filter((type) => type.startsWith("participant.")), []);
  world.handler.faults.full = false;
  const cleo = await world.enter("cleo", withMedia);
  assertEquals(names(cleo.answer.participants), ["ada", "cleo"]);
  assertEquals(await count(world), { joined: 2, waiting: 0, away: 0, unstored: false });
});

Deno.test("join › the others are told of a participant once there is media, not before", async () => {
  await using world = new MeetingWorld();
  const ada = await world.enter("ada", withMedia);
  world.handler.faults.slowMs = 1_000;
  const { joined } = await world.join("bob", withMedia);
  await world.kit.advance(500);
  assertEquals(ada.told.types().includes("participant.joined"), false);
  const answer = await world.kit.finish(joined);
  await world.kit.settle();
  assert(answer.ok && answer.value.transports !== undefined);
  assertEquals(ada.told.types().includes("participant.joined"), true);
});

Deno.test("join › a join under way is answered when the meeting ends", async () => {
  await using world = new MeetingWorld();
  await world.enter("ada", withMedia);
  world.handler.faults.slowMs = 1_000;
  const { joined, told } = await world.join("bob", withMedia);
  await world.kit.advance(100);
  await world.kit.finish(world.meeting.ask("finish", { reason: "over" }));
  const answer = await world.kit.finish(joined);
  assertEquals(answer.ok ? "joined" : answer.error.code, "over");
  assertEquals(told.ended, closeCodes.meetingEnded);
});

Deno.test("join › a join whose connection ends before the answer leaves nothing behind", async () => {
  await using world = new MeetingWorld();
  const ada = await world.enter("ada", withMedia);
  world.handler.faults.slowMs = 1_000;
  const { client } = await world.join("bob", withMedia);
  await world.kit.advance(100);
  client.tell("end", { code: closeCodes.movedAway, reason: "gone" });
  await world.kit.advance(40_000);
  assertEquals(await count(world), { joined: 1, waiting: 0, away: 0, unstored: false });
  assertEquals(ada.told.types().filter((type) => type.startsWith("participant.")), []);
  assertEquals([...world.handler.participants.keys()], [ada.answer.participant_id]);
});

Deno.test("join › who is admitted while a resume is under way is answered that they wait, and then admitted with media", async () => {
  await using world = new MeetingWorld({ settings: { waiting_room: true } });
  world.claims.set("ada", { role: "host" });
  world.claims.set("gus", { participant_type: "guest" });
  const ada = await world.enter("ada");
  const gus = await world.enter("gus", withMedia);
  const { correlation_id, binding_token } = gus.answer;
  const { told, client } = await world.connect("gus");
  const joined = world.joinOver(client, "gus", { ...withMedia, resume: { correlation_id, binding_token } });
  const admitting = world.meeting.ask("admit", { by: ada.id, participantIds: [gus.id] });
  const answer = await world.kit.finish(joined);
  assertEquals(answer.ok && [answer.value.state, answer.value.participants], ["waiting", []]);
  assertEquals(await world.outcome(admitting), "ok");
  await world.kit.settle();
  const admitted = told.notifications.find(({ type }) => type === "admitted");
  assert(admitted?.type === "admitted" && admitted.data.transports !== undefined);
});

Deno.test("leave › clients hear of the end of a participant's media before they hear that the participant left", async () => {
  await using world = new MeetingWorld();
  const ada = await world.enter("ada", withMedia);
  const bob = await world.enter("bob", withMedia);
  await produce(world, bob.answer.participant_id, bob.answer.transports?.send.id ?? "");
  await world.kit.settle();
  ada.told.notifications.length = 0;
  await world.kit.finish(
    world.meeting.ask("leave", { participantId: bob.answer.participant_id, client: bob.client }),
  );
  await world.kit.settle();
  const told = ada.told.types();
  assert(told.includes("media.consumers"), told.join());
  assert(told.indexOf("media.consumers") < told.indexOf("participant.left"), told.join());
});

Deno.test("order › every participant's revisions rise by one, from their join's answer on", async () => {
  await using world = new MeetingWorld();
  const people = [];
  for (const name of ["ada", "bob", "cleo", "dan"]) {
    people.push(await world.enter(name, withMedia));
    const { participant_id: participantId } = people[0]?.answer ?? { participant_id: "" };
    await world.kit.finish(world.meeting.ask("chat", { participantId, text: `Hello, ${name}` }));
    await world.kit.finish(world.meeting.ask("react", { participantId, reaction: "👋" }));
  }
  for (const { told, answer } of people) {
    const revs = told.notifications.flatMap(({ data }) =>
      "rev" in data && data.rev !== undefined ? [data.rev] : []
    );
    assert(revs.length >= 2, `${revs}`);
    assertEquals(revs, revs.map((_, index) => answer.rev + 1 + index));
  }
});

Deno.test("order › what comes after a resume's answer never tells an earlier state", async () => {
  await using world = new MeetingWorld();
  const ada = await world.enter("ada", withMedia);
  const bob = await world.enter("bob", withMedia);
  world.handler.faults.slowMs = 1_000;
  const { correlation_id, binding_token } = bob.answer;
  const { told, joined } = await world.join("bob", {
    ...withMedia,
    resume: { correlation_id, binding_token },
  });
  await world.kit.advance(100);
  assertEquals(await world.ask("chat", { participantId: ada.id, text: "meanwhile" }), "ok");
  const answer = await world.kit.finish(joined);
  assert(answer.ok);
  assertEquals(answer.value.chat.map(({ text }) => text), ["meanwhile"]);
  assertEquals(await world.ask("chat", { participantId: ada.id, text: "afterwards" }), "ok");
  const revs = told.notifications.flatMap(({ data }) => "rev" in data ? [data.rev] : []);
  assertEquals(revs, [answer.value.rev + 1]);
});

Deno.test("answers › a join and an admission have the newest messages of the chat, at most 256 KiB of them", async () => {
  await using world = new MeetingWorld({ settings: { waiting_room: true } });
  world.claims.set("ada", { role: "host" });
  const ada = await world.enter("ada");
  const participantId = ada.id;
  const say = async (text: string) => assertEquals(await world.ask("chat", { participantId, text }), "ok");
  for (let number = 1; number <= 30; number++) await say(`${number} ${"😀".repeat(3_500)}`);
  await say("short");
  const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)).length;
  const isBounded = (chat: readonly { readonly text: string }[]) => {
    const bytes = chat.reduce((sum, message) => sum + bytesOf(message), 0);
    assert(bytes <= 256 * 1024 && bytes > 240 * 1024, `${bytes} bytes`);
    const numbers = chat.slice(0, -1).map(({ text }) => Number.parseInt(text));
    assertEquals(numbers, numbers.map((_, index) => 31 - numbers.length + index));
    assertEquals(chat.at(-1)?.text, "short");
  };
  const bob = await world.enter("bob");
  isBounded(bob.answer.chat);
  world.claims.set("gus", { participant_type: "guest" });
  const gus = await world.enter("gus");
  assertEquals(await world.ask("admit", { by: ada.id, participantIds: [gus.id] }), "ok");
  const admitted = gus.told.notifications.find(({ type }) => type === "admitted");
  assert(admitted?.type === "admitted");
  isBounded(admitted.data.chat);
});

Deno.test("answers › chat is answered once it is stored; the participants read it at once", async () => {
  await using world = new MeetingWorld();
  const ada = await world.enter("ada");
  const bob = await world.enter("bob");
  const gate = Promise.withResolvers<void>();
  world.storeGate = gate.promise;
  let isAnswered = false;
  const { participant_id: participantId } = ada.answer;
  const said = world.meeting.ask("chat", { participantId, text: "Hello" }).finally(() => isAnswered = true);
  await world.kit.settle();
  assertEquals(bob.told.types().includes("chat.message"), true);
  assertEquals(isAnswered, false);
  gate.resolve();
  assert((await world.kit.finish(said)).ok);
  assert(world.chat.at(-1)?.includes("Hello"));
});

Deno.test("answers › what can't be stored holds, says so, and is stored when there is room again", async () => {
  await using world = new MeetingWorld();
  world.claims.set("ada", { role: "host" });
  const ada = await world.enter("ada");
  const { participant_id: participantId } = ada.answer;
  assertEquals(ada.answer.durable, undefined);
  world.isStoreFull = true;
  const said = await world.kit.finish(world.meeting.ask("chat", { participantId, text: "Hello" }));
  assertEquals(said.ok && said.value.durable, false);
  const bob = await world.enter("bob");
  assertEquals([bob.answer.state, bob.answer.durable], ["joined", false]);
  const locked = await world.kit.finish(world.meeting.ask("lock", { by: participantId, locked: true }));
  assertEquals(locked.ok && locked.value, { durable: false });
  assertEquals(bob.told.types().includes("meeting.updated"), true);
  const counted = await count(world);
  assertEquals(typeof counted === "object" && counted.unstored, true);
  // Three letters may stand in a hash as well.
  const hasBob = (text: string) => text.includes('"sub":"bob"');
  assertEquals([world.chat, world.snapshots.some(hasBob)], [[], false]);
  world.isStoreFull = false;
  await world.kit.advance(1_000);
  await world.kit.settle();
  assert(world.chat.at(-1)?.includes("Hello"));
  assert(hasBob(world.snapshots.at(-1) ?? ""));
  assertEquals(await count(world), { joined: 2, waiting: 0, away: 0, unstored: false });
});

Deno.test("overflow › a client with a full mailbox is cut off, the others go on", async () => {
  await using world = new MeetingWorld();
  const ada = await world.enter("ada");
  const slow = await world.enter("slow", {}, 4);
  slow.told.isStuck = true;
  const ended = new Promise<string>((resolve) => slow.client.watch(resolve));
  const { participant_id: participantId } = ada.answer;
  for (let index = 0; index < 8; index++) {
    await world.kit.finish(world.meeting.ask("react", { participantId, reaction: String(index) }));
  }
  await world.kit.finish(ended);
  await world.kit.settle();
  assertEquals(ada.told.types().filter((type) => type === "reaction").length, 8);
  const updated = ada.told.notifications.findLast(({ type }) => type === "participant.updated");
  assert(updated?.type === "participant.updated" && updated.data.participant.state === "away");
});

async function count(world: MeetingWorld) {
  const counted = await world.kit.finish(world.meeting.ask("count", undefined));
  return counted.ok ? counted.value : counted.error.code;
}

/** Asks the meeting's routing, as a connection does. */
async function produce(world: MeetingWorld, participantId: string, transportId: string): Promise<void> {
  const produced = await world.kit.finish(
    world.routing().ask("produce", {
      participantId,
      sub: "ada",
      transportId,
      kind: "audio",
      source: "microphone",
      rtpParameters: { codecs: [{ mimeType: "audio/opus", payloadType: 100, clockRate: 48_000 }] },
      paused: false,
    }),
  );
  assert(produced.ok);
}
