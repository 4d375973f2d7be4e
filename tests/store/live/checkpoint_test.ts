import { assert, assertEquals } from "@std/assert";
import { createScope, valueOf } from "../../../shared/actor/mod.ts";
import { checkpoint } from "../../../shared/store/live/sqlite/checkpoint.ts";
import { openLiveStore, openSnapshots } from "../../../shared/store/live/mod.ts";
import { place } from "./samples.ts";

Deno.test("live store in a file › what a connection without checkpoints wrote reaches the file by the other's checkpoint", async () => {
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-live-" });
  try {
    const path = `${folder}/live.db`;
    await using keeper = await openLiveStore(path);
    await using scope = createScope();
    const snapshots = openSnapshots(scope, { kind: "sqlite", path });
    const { meeting_id, controller_id, instance_id, shard } = place;
    const at = { meeting_id, controller_id, instance_id, shard };
    const row = { ...at, generation: 1, handlers: "[]", facts: "{}", written_back: 0 };
    await keeper.queries.insertInto("leases").values(row).execute();
    const sizeOf = async () => (await Deno.stat(path)).size;
    await checkpoint(keeper.queries);
    const before = await sizeOf();
    // More than the thousand pages after which a connection makes a checkpoint unless told.
    const snapshot = "x".repeat(20_000_000);
    valueOf(await snapshots.ask("saveSnapshot", { meeting_id, generation: 1, snapshot, chat: [] }));
    assertEquals(await sizeOf(), before);
    await checkpoint(keeper.queries);
    assert(await sizeOf() > before + snapshot.length);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
