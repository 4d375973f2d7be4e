import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { Client } from "../support/client.ts";
import { rejoin } from "../support/rejoin.ts";
import { type Shard, startShard } from "../support/shard.ts";

Deno.test("resume › a lost connection comes back as the same participant", async () => {
  await using shard = await startShard();
  const meeting_id = await shard.newMeeting();
  using ada = new Client(shard.url, await shard.issuer.meetingToken({ sub: "ada", meeting_id }));
  await ada.join();
  const token = await shard.issuer.meetingToken({ sub: "bob", meeting_id });
  const lost = new Client(shard.url, token);
  const { participant_id, correlation_id, binding_token } = await lost.join();
  lost[Symbol.dispose]();
  await ada.told("participant.updated", ({ participant }) => participant.state === "away");
  using bob = new Client(shard.url, token);
  const back = await bob.join({ resume: { correlation_id, binding_token } });
  assertEquals([back.participant_id, back.resumed], [participant_id, true]);
  assertNotEquals(back.binding_token, binding_token);
  await ada.told("participant.updated", ({ participant }) => participant.state === "joined");
});

Deno.test("resume › with a wrong binding token, or another subject's token, it is a new participant's join", async () => {
  await using shard = await startShard();
  const meeting_id = await shard.newMeeting();
  using bob = new Client(shard.url, await shard.issuer.meetingToken({ sub: "bob", meeting_id }));
  const { participant_id, correlation_id, binding_token } = await bob.join();
  const wrong = binding_token.replace(/^./, (first) => first === "A" ? "B" : "A");
  for (const [sub, proof] of [["bob", wrong], ["eve", binding_token]] as const) {
    using other = new Client(shard.url, await shard.issuer.meetingToken({ sub, meeting_id }));
    const answer = await other.join({ resume: { correlation_id, binding_token: proof } });
    assertEquals(answer.resumed, false);
    assertNotEquals(answer.participant_id, participant_id);
  }
});

Deno.test("resume › another meeting's token opens only that meeting, even with a binding token of this one", async () => {
  await using shard = await startShard();
  const [here, there] = [await shard.newMeeting(), await shard.newMeeting()];
  using ada = new Client(shard.url, await shard.issuer.meetingToken({ sub: "ada", meeting_id: here }));
  using bob = new Client(shard.url, await shard.issuer.meetingToken({ sub: "bob", meeting_id: here }));
  const { participant_id } = await ada.join();
  const { correlation_id, binding_token } = await bob.join();
  using elsewhere = new Client(shard.url, await shard.issuer.meetingToken({ sub: "bob", meeting_id: there }));
  const answer = await elsewhere.join({ resume: { correlation_id, binding_token } });
  assertEquals([answer.resumed, answer.meeting.meeting_id], [false, there]);
  assertEquals(answer.participants.map((one) => one.participant_id), [answer.participant_id]);
  const whisper = await elsewhere.request("chat.send", { text: "psst", to: participant_id });
  assertEquals(whisper.ok ? "ok" : whisper.error.code, "NOT_FOUND");
  using late = new Client(shard.url, await shard.issuer.meetingToken({ sub: "eve", meeting_id: here }));
  const { participants } = await late.join();
  assertEquals(participants.some((one) => one.participant_id === answer.participant_id), false);
});

Deno.test("resume › a newer connection wins over a half-open one", async () => {
  await using shard = await startShard();
  const meeting_id = await shard.newMeeting();
  const token = await shard.issuer.meetingToken({ sub: "bob", meeting_id });
  using older = new Client(shard.url, token);
  const { participant_id, correlation_id, binding_token } = await older.join();
  using newer = new Client(shard.url, token);
  const answer = await newer.join({ resume: { correlation_id, binding_token } });
  assertEquals(answer.participant_id, participant_id);
  assertEquals((await older.ended).reason, "replaced");
  assert((await newer.request("chat.send", { text: "still here" })).ok);
});

Deno.test("resume › a participant who stays away too long has left", async () => {
  await using shard = await startShard({ awayMs: 50 });
  const meeting_id = await shard.newMeeting();
  using ada = new Client(shard.url, await shard.issuer.meetingToken({ sub: "ada", meeting_id }));
  await ada.join();
  const bob = new Client(shard.url, await shard.issuer.meetingToken({ sub: "bob", meeting_id }));
  await bob.join();
  bob[Symbol.dispose]();
  assertEquals((await ada.told("participant.left")).reason, "lost");
});

Deno.test("crash › a shard's meetings come back from their snapshots, with roster and chat as before", async () => {
  await using shard = await startShard();
  await using undisturbed = await startShard();
  const meeting_id = await shard.newMeeting();
  const elsewhere = await undisturbed.newMeeting();
  using witness = new Client(
    undisturbed.url,
    await undisturbed.issuer.meetingToken({ sub: "zoe", meeting_id: elsewhere }),
  );
  await witness.join();
  const people = await Promise.all(["ada", "bob"].map(async (sub) => {
    const token = await shard.issuer.meetingToken({ sub, meeting_id });
    const client = new Client(shard.url, token);
    return { token, client, joined: await client.join({ display_name: `${sub} of old` }) };
  }));
  await people[0]?.client.request("chat.send", { text: "before the crash" });
  await stored(shard, meeting_id, "before the crash");

  await shard.ref.ask("crash", undefined);
  for (const { client } of people) await client.ended;
  const rosters = [];
  for (const { token, joined } of people) {
    const back = await rejoin(shard.url, token, joined);
    assertEquals([back.answer.participant_id, back.answer.resumed], [joined.participant_id, true]);
    assertEquals(back.answer.chat.map(({ text }) => text), ["before the crash"]);
    rosters.push(back);
  }
  assertEquals(
    new Set(rosters[1]?.answer.participants.map(({ display_name }) => display_name)),
    new Set(["ada of old", "bob of old"]),
  );
  assert((await witness.request("chat.send", { text: "nothing happened here" })).ok);
  for (const { client } of rosters) client[Symbol.dispose]();
});

/** Waits until the stored meeting holds a text. */
async function stored(shard: Shard, meeting_id: string, text: string): Promise<void> {
  while (true) {
    const loaded = await shard.live.snapshots.ask("loadSnapshot", { meeting_id });
    if (loaded.ok && JSON.stringify(loaded.value).includes(text)) return;
  }
}
