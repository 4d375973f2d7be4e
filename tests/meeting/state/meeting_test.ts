import { assert, assertEquals } from "@std/assert";
import { Client } from "../support/client.ts";
import { startShard } from "../support/shard.ts";

Deno.test("meeting › a joining participant sees the roster, and the others see the participant", async () => {
  await using shard = await startShard();
  const meeting_id = await shard.newMeeting();
  using ada = new Client(
    shard.url,
    await shard.issuer.meetingToken({ sub: "ada", meeting_id, role: "host" }),
  );
  const first = await ada.join();
  assertEquals([first.state, first.role, first.participants.length], ["joined", "host", 1]);

  using bob = new Client(shard.url, await shard.issuer.meetingToken({ sub: "bob", meeting_id }));
  const second = await bob.join({ display_name: "Bob" });
  assertEquals(second.participants.map(({ display_name }) => display_name), ["ada", "Bob"]);
  const { participant, rev } = await ada.told("participant.joined");
  assertEquals(participant.participant_id, second.participant_id);
  assertEquals(rev, second.rev);

  await bob.request("leave", {});
  assertEquals((await ada.told("participant.left")).reason, "left");
});

Deno.test("meeting › revisions rise by one, from the join answer's on", async () => {
  await using shard = await startShard();
  const meeting_id = await shard.newMeeting();
  using ada = new Client(shard.url, await shard.issuer.meetingToken({ sub: "ada", meeting_id }));
  const { rev } = await ada.join();
  for (let i = 0; i < 20; i++) await ada.request("chat.send", { text: `message ${i}` });
  await ada.told("chat.message", ({ text }) => text === "message 19");
  const revs = ada.notifications.map(({ data }) => "rev" in data ? data.rev : undefined);
  assertEquals(revs, Array.from({ length: 20 }, (_, i) => rev + 1 + i));
});

Deno.test("meeting › chat reaches everybody, a private message only its two participants, and late joiners read both back", async () => {
  await using shard = await startShard();
  const meeting_id = await shard.newMeeting();
  const join = async (sub: string) => {
    const client = new Client(shard.url, await shard.issuer.meetingToken({ sub, meeting_id }));
    return { client, answer: await client.join() };
  };
  const ada = await join("ada");
  const bob = await join("bob");
  const eve = await join("eve");
  await ada.client.request("chat.send", { text: "hello all" });
  await ada.client.request("chat.send", { text: "hello bob", to: bob.answer.participant_id });
  await bob.client.told("chat.message", ({ text }) => text === "hello bob");
  await ada.client.request("chat.send", { text: "the end" });
  await eve.client.told("chat.message", ({ text }) => text === "the end");
  assert(!JSON.stringify(eve.client.notifications).includes("hello bob"));
  const late = await join("zoe");
  assertEquals(late.answer.chat.map(({ text }) => text), ["hello all", "the end"]);
  for (const { client } of [ada, bob, eve, late]) client[Symbol.dispose]();
});

Deno.test("waiting room › a guest waits, sees nothing, is admitted and seen", async () => {
  await using shard = await startShard();
  const meeting_id = await shard.newMeeting();
  using host = new Client(
    shard.url,
    await shard.issuer.meetingToken({ sub: "host", meeting_id, role: "host" }),
  );
  await host.join();
  using guest = new Client(
    shard.url,
    await shard.issuer.meetingToken({ sub: "guest", meeting_id, role: "guest", participant_type: "guest" }),
  );
  const waiting = await guest.join({ display_name: "Gus" });
  assertEquals([waiting.state, waiting.participants, waiting.chat], ["waiting", [], []]);
  const refused = await guest.request("chat.send", { text: "let me in" });
  assert(!refused.ok && refused.error.code === "WAITING");

  const { participant } = await host.told("participant.waiting");
  assertEquals(participant.display_name, "Gus");
  const self = await guest.request("moderation.admit", { participant_ids: [participant.participant_id] });
  assert(!self.ok, "nobody lets themselves in");
  assert((await host.request("moderation.admit", { participant_ids: [participant.participant_id] })).ok);
  const admitted = await guest.told("admitted");
  assertEquals(admitted.participants.length, 2);
  await host.told(
    "participant.joined",
    (data) => data.participant.participant_id === participant.participant_id,
  );
});

Deno.test("waiting room › a denied guest is told so", async () => {
  await using shard = await startShard();
  const meeting_id = await shard.newMeeting();
  using host = new Client(
    shard.url,
    await shard.issuer.meetingToken({ sub: "host", meeting_id, role: "host" }),
  );
  await host.join();
  using guest = new Client(
    shard.url,
    await shard.issuer.meetingToken({ sub: "guest", meeting_id, role: "guest", participant_type: "guest" }),
  );
  const { participant_id } = await guest.join();
  await host.told("participant.waiting");
  await host.request("moderation.deny", { participant_ids: [participant_id] });
  assertEquals((await guest.ended).reason, "removed");
});

Deno.test("waiting room › only hosts admit, deny and lock while one is in", async () => {
  await using shard = await startShard();
  const meeting_id = await shard.newMeeting();
  using host = new Client(
    shard.url,
    await shard.issuer.meetingToken({ sub: "host", meeting_id, role: "host" }),
  );
  await host.join();
  using bob = new Client(shard.url, await shard.issuer.meetingToken({ sub: "bob", meeting_id }));
  await bob.join();
  for (
    const request of [
      bob.request("moderation.admit", { participant_ids: ["x"] }),
      bob.request("moderation.deny", { participant_ids: ["x"] }),
      bob.request("moderation.lock", { locked: true }),
    ]
  ) {
    const answer = await request;
    assert(!answer.ok);
    assertEquals(answer.error.code, "FORBIDDEN");
  }
});

Deno.test("meeting › a full or locked meeting takes no new participants", async () => {
  await using shard = await startShard();
  const meeting_id = await shard.newMeeting({ maxParticipants: 2 });
  using host = new Client(
    shard.url,
    await shard.issuer.meetingToken({ sub: "host", meeting_id, role: "host" }),
  );
  await host.join();
  assert((await host.request("moderation.lock", { locked: true })).ok);
  using bob = new Client(shard.url, await shard.issuer.meetingToken({ sub: "bob", meeting_id }));
  const locked = await bob.request("join", {});
  assert(!locked.ok && locked.error.code === "MEETING_LOCKED");
  await host.request("moderation.lock", { locked: false });
  await bob.join();
  using eve = new Client(shard.url, await shard.issuer.meetingToken({ sub: "eve", meeting_id }));
  const full = await eve.request("join", {});
  assert(!full.ok && full.error.code === "MEETING_FULL");
});
