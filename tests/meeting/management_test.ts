import { assert, assertEquals } from "@std/assert";
import { Client } from "./support/client.ts";
import { type Shard, startShard } from "./support/shard.ts";

const scope = "service.manage-meetings.mc";

Deno.test("management › the global controller ends a meeting: everybody is told, nothing is kept", async () => {
  await using shard = await startShard();
  const meeting_id = await shard.newMeeting();
  using ada = new Client(shard.url, await shard.issuer.meetingToken({ sub: "ada", meeting_id }));
  await ada.join();
  assertEquals(await manage(shard, "POST", `${meeting_id}/end`, {}, scope), 200);
  await ada.told("meeting.ended");
  assertEquals((await ada.ended).reason, "meetingEnded");
  const lease = await shard.store.ask("lease", { meeting_id });
  assert(lease.ok);
  assertEquals(lease.value, null);
  assertEquals(await manage(shard, "POST", `${meeting_id}/end`, {}, scope), 404);
});

Deno.test("management › changed settings reach those who are in the meeting, and count from then on", async () => {
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

Deno.test("management › is for the global controller alone", async () => {
  await using shard = await startShard();
  const meeting_id = await shard.newMeeting();
  using ada = new Client(shard.url, await shard.issuer.meetingToken({ sub: "ada", meeting_id }));
  await ada.join();
  assertEquals(await manage(shard, "POST", `${meeting_id}/end`, {}, "service.link.mc"), 403);
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
  const url = new URL(`/api/v1/internal/meetings/${path}`, shard.url.replace("ws:", "http:"));
  const answer = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  await answer.body?.cancel();
  return answer.status;
}
