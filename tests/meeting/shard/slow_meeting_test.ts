import { assert, assertEquals } from "@std/assert";
import { later, type Scope, valueOf } from "../../../shared/actor/mod.ts";
import { createProbe } from "../../../shared/actor/testing/mod.ts";
import { Leases, type LiveStore } from "../../../shared/store/live/mod.ts";
import { Client } from "../support/client.ts";
import { startShard } from "../support/shard.ts";

/** The live store's leases, where one meeting's lease isn't given before `gate` opens. */
function heldLeases(scope: Scope, real: LiveStore["leases"], held: () => string, gate: Promise<void>) {
  const leases = createProbe(scope, Leases, "held leases");
  leases.answer("placedOn", () => []);
  leases.answer("acquire", (asked) => {
    const body = Leases.acquire.input.parse(asked);
    const opened = body.meeting_id === held() ? gate : Promise.resolve();
    const acquired = opened.then(() => real.ask("acquire", body));
    return later(acquired.then((outcome) => outcome.ok ? outcome.value : outcome.error));
  });
  return leases.ref;
}

Deno.test("shard › a meeting that waits for its store delays no other meeting's join, and no count", async () => {
  const gate = Promise.withResolvers<void>();
  let held = "";
  await using shard = await startShard({
    leases: (scope, real) => heldLeases(scope, real, () => held, gate.promise),
  });
  const slow = await shard.newMeeting();
  const quick = await shard.newMeeting();
  held = slow;
  const client = async (sub: string, meeting_id: string) =>
    new Client(shard.url, await shard.issuer.meetingToken({ sub, meeting_id }));
  using waiting = await client("ada", slow);
  let isJoined = false;
  const joined = waiting.join().finally(() => isJoined = true);
  using bob = await client("bob", quick);
  assertEquals((await bob.join()).state, "joined");
  assert((await bob.request("chat.send", { text: "Nobody waits" })).ok);
  const count = await shard.ref.ask("count", undefined);
  assertEquals(count.ok && count.value, { meetings: 2, joined: 1, waiting: 0, away: 0, unstored: 0 });
  assertEquals(isJoined, false);
  gate.resolve();
  assertEquals((await joined).state, "joined");
});

Deno.test("shard › a client whose meeting can't be opened is told to ask for a ticket again", async () => {
  await using shard = await startShard({
    leases: (scope) => {
      const leases = createProbe(scope, Leases, "broken leases");
      // Nothing else is answered: the meeting fails at its start.
      leases.answer("placedOn", () => []);
      return leases.ref;
    },
  });
  const meeting_id = await shard.newMeeting();
  using ada = new Client(shard.url, await shard.issuer.meetingToken({ sub: "ada", meeting_id }));
  assertEquals((await ada.ended).reason, "movedAway");
});

Deno.test("shard › a meeting that was given elsewhere before it opened leaves nothing, and opens when it comes back", async () => {
  await using shard = await startShard();
  const meeting_id = await shard.newMeeting();
  const giveTo = async (controller_id: string, term: number) => {
    const lease = valueOf(await shard.live.leases.ask("lease", { meeting_id }));
    if (lease === null) throw new Error("The meeting has no lease");
    const { generation, ...rest } = lease;
    const given = { ...rest, controller_id, term, expected_generation: generation };
    valueOf(await shard.live.leases.ask("assign", given));
  };
  const open = async () => {
    const opened = await shard.ref.ask("openMeeting", { meeting_id });
    return opened.ok ? "ok" : opened.error.code;
  };
  await giveTo("mc-2", 2);
  assertEquals(await open(), "not_found");
  assertEquals(valueOf(await shard.ref.ask("count", undefined)).meetings, 0);
  await giveTo("mc-1", 3);
  assertEquals(await open(), "ok");
});
