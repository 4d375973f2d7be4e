import { assertEquals } from "@std/assert";
import { valueOf } from "../../../shared/actor/mod.ts";
import { openLiveStore } from "../../../shared/store/live/mod.ts";
import { Client } from "../support/client.ts";
import { startShard } from "../support/shard.ts";

Deno.test("shard › a meeting that is open is held in the live store though nobody is in it and nothing is written", async () => {
  await using shard = await startShard();
  const [open, unopened] = [await shard.newMeeting(), await shard.newMeeting()];
  {
    using ada = new Client(shard.url, await shard.issuer.meetingToken({ sub: "ada", meeting_id: open }));
    await ada.join();
    await ada.request("leave", {});
  }
  await using file = await openLiveStore(shard.liveFile);
  const longAgo = 1;
  await file.queries.updateTable("leases").set({ used_ms: longAgo }).execute();
  const since = { unused_ms: 60_000, unopened_ms: 60_000 };
  const unused = async () => {
    const leases = valueOf(await shard.live.leases.ask("unused", since));
    return leases.map(({ meeting_id }) => meeting_id);
  };
  assertEquals((await unused()).toSorted(), [open, unopened].toSorted());
  while ((await unused()).includes(open));
  assertEquals(await unused(), [unopened]);
});
