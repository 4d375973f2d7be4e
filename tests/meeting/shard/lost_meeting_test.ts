import { DatabaseSync } from "node:sqlite";
import { assert, assertEquals } from "@std/assert";
import { deadline, delay } from "@std/async";
import { valueOf } from "../../../shared/actor/mod.ts";
import { Client } from "../support/client.ts";
import { startShard } from "../support/shard.ts";

Deno.test("shard › a meeting that was given to another controller", async (t) => {
  await using shard = await startShard({ idleMs: 3_600_000 });
  const [lost, spoken, stays, over, moved, besides] = [
    await shard.newMeeting(),
    await shard.newMeeting(),
    await shard.newMeeting(),
    await shard.newMeeting(),
    await shard.newMeeting(),
    await shard.newMeeting(),
  ];
  const clientIn = async (sub: string, meeting_id: string) =>
    new Client(shard.url, await shard.issuer.meetingToken({ sub, meeting_id }));
  using ada = await clientIn("ada", lost);
  using eve = await clientIn("eve", spoken);
  using bob = await clientIn("bob", stays);
  using joe = await clientIn("joe", over);
  using lou = await clientIn("lou", moved);
  using zoe = await clientIn("zoe", besides);
  for (const client of [ada, eve, bob, joe, lou, zoe]) await client.join();

  async function giveAway(meeting_id: string, where: { controller_id?: string; shard?: string }) {
    const lease = valueOf(await shard.live.leases.ask("lease", { meeting_id }));
    if (lease === null) throw new Error("The meeting has no lease");
    const { generation, ...rest } = lease;
    const elsewhere = { ...rest, ...where, term: 2, expected_generation: generation };
    valueOf(await shard.live.leases.ask("assign", elsewhere));
  }

  await t.step("acknowledges no message that the other one doesn't read", async () => {
    await giveAway(spoken, { controller_id: "mc-2" });
    const said = await eve.request("chat.send", { text: "to nobody" });
    assert(!said.ok || said.value.durable === false, JSON.stringify(said));
    assertEquals((await eve.ended).reason, "movedAway");
  });

  await t.step(
    "ends here, though nobody writes, where its end was not told and its lease is gone",
    async () => {
      valueOf(await shard.live.leases.ask("end", { meeting_id: over, at_ms: Date.now() }));
      const lease = valueOf(await shard.live.leases.ask("lease", { meeting_id: over }));
      valueOf(
        await shard.live.leases.ask("release", { meeting_id: over, generation: lease?.generation ?? 0 }),
      );
      assertEquals((await joe.ended).reason, "movedAway");
    },
  );

  await t.step("goes on where the store has lost that it was given to this one", async () => {
    const lease = async () => valueOf(await shard.live.leases.ask("lease", { meeting_id: moved }));
    const held = await lease();
    using file = new DatabaseSync(shard.liveFile);
    // As a copy has it that was made before the meeting came from another controller.
    file.prepare("UPDATE leases SET controller_id = 'mc-0', generation = 7 WHERE meeting_id = ?").run(moved);
    const isBack = async () => {
      while ((await lease())?.generation !== held?.generation) await delay(20);
    };
    await Promise.race([
      deadline(isBack(), 30_000),
      lou.ended.then(({ reason }) => assertEquals(reason, "")),
    ]);
    assertEquals(await lease(), held);
    assertEquals((await lou.request("chat.send", { text: "still here" })).ok, true);
  });

  await t.step("ends here, though nobody writes, on whichever shard it is", async () => {
    await giveAway(lost, { controller_id: "mc-2" });
    await giveAway(besides, { shard: "1" });
    assertEquals((await ada.ended).reason, "movedAway");
    assertEquals((await deadline(zoe.ended, 30_000)).reason, "movedAway");
    assertEquals((await bob.request("reaction.send", { reaction: "👍" })).ok, true);
  });
});
