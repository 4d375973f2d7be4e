import { DatabaseSync } from "node:sqlite";
import { assert, assertEquals } from "@std/assert";
import { controllerMetrics } from "../../../meeting/shard/controller_metrics.ts";
import { shardCounter } from "../../../meeting/shard/shard_counter.ts";
import { Client } from "../support/client.ts";
import { startShard } from "../support/shard.ts";

Deno.test("shard metrics", async (t) => {
  await using shard = await startShard();
  const restarting = controllerMetrics([shard.ref], shardCounter([shard.ref]), new Date());
  const lineOf = async (line: string) =>
    Number(new RegExp(`^${line} (\\d+)$`, "m").exec(await restarting.metrics())?.[1]);
  const valueOf = async (name: string, count = 1) => {
    const shards = Array.from({ length: count }, () => shard.ref);
    const source = controllerMetrics(shards, shardCounter(shards), new Date());
    return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(await source.metrics())?.[1]);
  };

  await t.step("the heap of all shards' isolates is added up", async () => {
    const one = await valueOf("mc_shard_heap_bytes");
    // An isolate with the shard's code has megabytes; a collection between the two readings takes a part of them.
    assert(one > 1_000_000, String(one));
    const three = await valueOf("mc_shard_heap_bytes", 3);
    assert(three > 1.5 * one, `${three} of three shards, ${one} of one`);
  });

  await t.step("a meeting whose store can't be written is counted, until it can", async () => {
    const meeting_id = await shard.newMeeting();
    using ada = new Client(shard.url, await shard.issuer.meetingToken({ sub: "ada", meeting_id }));
    await ada.join();
    assertEquals(await valueOf("mc_unstored_meetings"), 0);
    {
      // Somebody else keeps the file to themselves.
      using file = new DatabaseSync(shard.liveFile);
      file.exec("BEGIN IMMEDIATE");
      const said = await ada.request("chat.send", { text: "here alone" });
      assertEquals(said.ok && said.value.durable, false);
      while (await valueOf("mc_unstored_meetings") !== 1);
      file.exec("ROLLBACK");
    }
    while (await valueOf("mc_unstored_meetings") !== 0);
    assertEquals(await valueOf("mc_meetings"), 1);
  });

  await t.step(
    "the shard itself counts once, and its mailbox in the controller by another name",
    async () => {
      assertEquals(await lineOf('actor_actors\\{type="MeetingControllerActor"\\}'), 1);
      assertEquals(await lineOf('actor_actors\\{type="worker MeetingControllerActor"\\}'), 1);
    },
  );

  await t.step("what a shard has counted stays when it crashes, and what it had doesn't", async () => {
    const joins = 'mc_joins_total\\{result="joined"\\}';
    assertEquals(await lineOf(joins), 1);
    await shard.ref.ask("crash", undefined);
    assertEquals(await lineOf(joins), 1);
    const meeting_id = await shard.newMeeting();
    while (!(await shard.ref.ask("alive", undefined)).ok);
    using bob = new Client(shard.url, await shard.issuer.meetingToken({ sub: "bob", meeting_id }));
    await bob.join();
    assertEquals(await lineOf(joins), 2);
    assertEquals(await lineOf('actor_actors\\{type="MeetingControllerActor"\\}'), 1);
  });
});
