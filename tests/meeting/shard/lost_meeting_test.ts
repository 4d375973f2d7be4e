import { assertEquals } from "@std/assert";
import { valueOf } from "../../../shared/actor/mod.ts";
import { Client } from "../support/client.ts";
import { startShard } from "../support/shard.ts";

Deno.test("shard › a meeting that was given to another controller ends here, though nobody writes", async () => {
  await using shard = await startShard();
  const meeting_id = await shard.newMeeting();
  const stays = await shard.newMeeting();
  using ada = new Client(shard.url, await shard.issuer.meetingToken({ sub: "ada", meeting_id }));
  using bob = new Client(shard.url, await shard.issuer.meetingToken({ sub: "bob", meeting_id: stays }));
  await ada.join();
  await bob.join();
  const lease = valueOf(await shard.live.leases.ask("lease", { meeting_id }));
  if (lease === null) throw new Error("The meeting has no lease");
  const { generation, ...rest } = lease;
  const elsewhere = { ...rest, controller_id: "mc-2", term: 2, expected_generation: generation };
  valueOf(await shard.live.leases.ask("assign", elsewhere));
  assertEquals((await ada.ended).reason, "movedAway");
  assertEquals((await bob.request("reaction.send", { reaction: "👍" })).ok, true);
});
