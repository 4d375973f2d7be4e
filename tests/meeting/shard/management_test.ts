import { assert, assertEquals } from "@std/assert";
import { answerOffer } from "../../../meeting/shard/answer_offer.ts";
import { meetingRoster } from "../../../shared/protocol/mod.ts";
import { Client } from "../support/client.ts";
import { type Shard, startShard } from "../support/shard.ts";

const scope = "service.manage-meetings.mc";

Deno.test("management › the global controller ends a meeting: everybody is told, nothing is kept", async () => {
  await using shard = await startShard();
  const meeting_id = await shard.newMeeting();
  using ada = new Client(shard.url, await shard.issuer.meetingToken({ sub: "ada", meeting_id }));
  await ada.join();
  assertEquals(await manage(shard, "POST", `${meeting_id}/end`, {}, scope), 200);
  await ada.told("meeting.ended");
  assertEquals((await ada.ended).reason, "meetingEnded");
  const lease = await shard.live.leases.ask("lease", { meeting_id });
  assert(lease.ok);
  assertEquals(lease.value, null);
  // The lease goes shortly before the meeting's actor.
  while (await manage(shard, "POST", `${meeting_id}/end`, {}, scope) !== 404);
});

Deno.test("management › changed settings reach the participants, and hold from then on", async () => {
  await using shard = await startShard();
  const meeting_id = await shard.newMeeting({ maxParticipants: 2 });
  using ada = new Client(shard.url, await shard.issuer.meetingToken({ sub: "ada", meeting_id }));
  const { meeting } = await ada.join();
  const facts = { meeting: { ...meeting, display_name: "Renamed", max_participants: 1 }, org_id: "org" };
  assertEquals(await manage(shard, "PUT", `${meeting_id}/facts`, facts, scope), 200);
  assertEquals((await ada.told("meeting.updated")).meeting.display_name, "Renamed");
  using bob = new Client(shard.url, await shard.issuer.meetingToken({ sub: "bob", meeting_id }));
  const full = await bob.request("join", {});
  assert(!full.ok && full.error.code === "MEETING_FULL");
  assertEquals(await manage(shard, "PUT", "another/facts", facts, scope), 400);
});

Deno.test("management › a removed user leaves on all devices at once; the others stay and are told", async () => {
  await using shard = await startShard();
  const meeting_id = await shard.newMeeting();
  const token = (sub: string) => shard.issuer.meetingToken({ sub, meeting_id });
  using ada = new Client(shard.url, await token("ada"));
  await ada.join();
  const bobs = await token("bob");
  using phone = new Client(shard.url, bobs);
  using laptop = new Client(shard.url, bobs);
  const ids = [(await phone.join()).participant_id, (await laptop.join()).participant_id];
  assertEquals(await manage(shard, "POST", `${meeting_id}/remove`, { sub: "bob" }, scope), 200);
  assertEquals([(await phone.ended).reason, (await laptop.ended).reason], ["removed", "removed"]);
  for (const id of ids) {
    const { reason } = await ada.told("participant.left", ({ participant_id }) => participant_id === id);
    assertEquals(reason, "removed");
  }
  assert((await ada.request("chat.send", { text: "still here" })).ok);
  const { value: { joined, waiting, away } } = Object(await shard.ref.ask("count", undefined));
  assertEquals([joined, waiting, away], [1, 0, 0]);
  assertEquals(await manage(shard, "POST", `${meeting_id}/remove`, { sub: "bob" }, scope), 200);
  assertEquals(await manage(shard, "POST", "another/remove", { sub: "bob" }, scope), 404);
});

Deno.test("management › a user who waits or is away is removed too, and can't resume", async () => {
  await using shard = await startShard();
  const meeting_id = await shard.newMeeting();
  using ada = new Client(
    shard.url,
    await shard.issuer.meetingToken({ sub: "ada", meeting_id, role: "host" }),
  );
  await ada.join();
  const external = { sub: "eve", meeting_id, participant_type: "external" as const };
  using eve = new Client(shard.url, await shard.issuer.meetingToken(external));
  await eve.join();
  await ada.told("participant.waiting");
  const bobs = await shard.issuer.meetingToken({ sub: "bob", meeting_id });
  const before = new Client(shard.url, bobs);
  const { correlation_id, binding_token, participant_id } = await before.join();
  before[Symbol.dispose]();
  await ada.told("participant.updated", ({ participant }) => participant.state === "away");
  assertEquals(await manage(shard, "POST", `${meeting_id}/remove`, { sub: "bob" }, scope), 200);
  assertEquals(await manage(shard, "POST", `${meeting_id}/remove`, { sub: "eve" }, scope), 200);
  assertEquals((await eve.ended).reason, "removed");
  const left = await ada.told("participant.left", (data) => data.participant_id === participant_id);
  assertEquals(left.reason, "removed");
  using after = new Client(shard.url, bobs);
  const resumed = after.request("join", { resume: { correlation_id, binding_token } });
  assertEquals([(await after.ended).reason, (await resumed).ok], ["removed", false]);
});

Deno.test("management › a connection from before a removal can't join after it; a token from after it can", async () => {
  await using shard = await startShard();
  const meeting_id = await shard.newMeeting();
  const token = (sub: string) => shard.issuer.meetingToken({ sub, meeting_id });
  using ada = new Client(shard.url, await token("ada"));
  await ada.join();
  using open = new Client(shard.url, await token("bob"));
  await open.request("session.ping", {});
  assertEquals(await manage(shard, "POST", `${meeting_id}/remove`, { sub: "bob" }, scope), 200);
  const joined = open.request("join", {});
  assertEquals([(await open.ended).reason, (await joined).ok], ["removed", false]);
  const later = await shard.issuer.meetingToken({ sub: "bob", meeting_id }, 900, 2);
  using again = new Client(shard.url, later);
  await again.join();
});

Deno.test("management › a removal is stored before it is answered", async () => {
  await using shard = await startShard();
  const meeting_id = await shard.newMeeting();
  using bob = new Client(shard.url, await shard.issuer.meetingToken({ sub: "bob", meeting_id }));
  await bob.join();
  const stored = async () => {
    const snapshot = await shard.live.snapshots.ask("loadSnapshot", { meeting_id });
    assert(snapshot.ok);
    const { attendees = [] } = JSON.parse(snapshot.value.snapshot ?? "{}");
    return attendees.length > 0;
  };
  while (!await stored());
  assertEquals(await manage(shard, "POST", `${meeting_id}/remove`, { sub: "bob" }, scope), 200);
  assertEquals(await stored(), false);
});

Deno.test("management › the global controller learns who is in a meeting or waits, and who is its host", async () => {
  await using shard = await startShard();
  const meeting_id = await shard.newMeeting();
  const token = (sub: string, claims: object = {}) =>
    shard.issuer.meetingToken({ sub, meeting_id, ...claims });
  using ada = new Client(shard.url, await token("ada", { role: "host" }));
  await ada.join();
  using eve = new Client(shard.url, await token("eve", { participant_type: "external" }));
  await eve.join();
  const ask = async (meeting: string, scope: string) => {
    const answer = await fetch(`${shard.internalUrl}/api/v1/internal/meetings/${meeting}/participants`, {
      headers: { authorization: `Bearer ${await shard.issuer.serviceToken(scope)}` },
    });
    return { status: answer.status, body: await answer.json() };
  };
  const { body } = await ask(meeting_id, scope);
  const { participants, hosts } = meetingRoster.parse(body);
  assertEquals(hosts, ["ada"]);
  assertEquals(participants.map(({ role, state }) => [role, state]), [["host", "joined"], [
    "participant",
    "waiting",
  ]]);
  assertEquals((await ask("another", scope)).status, 404);
  assertEquals((await ask(meeting_id, "service.link.mc")).status, 403);
});

Deno.test("management › the controller says whether it takes a meeting, to the global controller alone", async () => {
  await using shard = await startShard({ offers: [{ accepted: false, reason: "draining" }] });
  const offer = async (scope: string) => {
    const answer = await fetch(`${shard.internalUrl}/api/v1/internal/meetings/new/offer`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${await shard.issuer.serviceToken(scope)}`,
        "content-type": "application/json",
      },
      body: "{}",
    });
    return { status: answer.status, body: await answer.json() };
  };
  assertEquals((await offer("service.link.mc")).status, 403);
  assertEquals(await offer(scope), { status: 200, body: { accepted: false, reason: "draining" } });
  assertEquals(await offer(scope), { status: 200, body: { accepted: true } });
});

for (
  const [what, load, isDraining, isStoreThere, reason] of [
    ["has room", { meetings: 9, participants: 99 }, false, true, undefined],
    ["has all its meetings", { meetings: 10, participants: 0 }, false, true, "at_capacity"],
    ["has all its participants", { meetings: 1, participants: 100 }, false, true, "at_capacity"],
    ["drains", { meetings: 0, participants: 0 }, true, true, "draining"],
    ["the live store doesn't answer", { meetings: 0, participants: 0 }, false, false, "store_away"],
  ] as const
) {
  Deno.test(`management › a controller that ${what} ${reason === undefined ? "takes" : "refuses"} a meeting`, async () => {
    const answer = await answerOffer({
      maxMeetings: 10,
      maxParticipants: 100,
      load: () => Promise.resolve(load),
      isDraining: () => isDraining,
      doesStoreAnswer: () => Promise.resolve(isStoreThere),
    });
    assertEquals(answer, reason === undefined ? { accepted: true } : { accepted: false, reason });
  });
}

Deno.test("management › only the global controller may ask", async () => {
  await using shard = await startShard();
  const meeting_id = await shard.newMeeting();
  using ada = new Client(shard.url, await shard.issuer.meetingToken({ sub: "ada", meeting_id }));
  await ada.join();
  assertEquals(await manage(shard, "POST", `${meeting_id}/end`, {}, "service.link.mc"), 403);
  assertEquals(await manage(shard, "POST", `${meeting_id}/remove`, { sub: "ada" }, "service.link.mc"), 403);
  const meetingToken = await shard.issuer.meetingToken({ sub: "ada", meeting_id, role: "host" });
  assertEquals(await send(shard, "POST", `${meeting_id}/end`, {}, meetingToken), 401);
  assert((await ada.request("chat.send", { text: "still here" })).ok);
});

async function manage(
  shard: Shard,
  method: string,
  path: string,
  body: unknown,
  scope: string,
): Promise<number> {
  return await send(shard, method, path, body, await shard.issuer.serviceToken(scope));
}

async function send(
  shard: Shard,
  method: string,
  path: string,
  body: unknown,
  token: string,
): Promise<number> {
  const answer = await fetch(`${shard.internalUrl}/api/v1/internal/meetings/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  await answer.body?.cancel();
  return answer.status;
}

Deno.test("management › a controller tells the global controller alone whether a shard is alive", async () => {
  await using shard = await startShard();
  const ask = async (url: string, token: string) => {
    const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    return [answer.status, answer.ok ? await answer.json() : await answer.body?.cancel()];
  };
  const token = await shard.issuer.serviceToken(scope);
  assertEquals(await ask(shard.internalUrl, token), [200, { alive: true, instance_id: "instance" }]);
  assertEquals(await ask(shard.internalUrl, await shard.issuer.serviceToken("service.link.mc")), [
    403,
    undefined,
  ]);
  assertEquals(await ask(shard.internalUrl.replace(/0$/, "1"), token), [404, undefined]);
});
