import { assert, assertEquals } from "@std/assert";
import { checkpoint } from "../../../shared/store/live/sqlite/checkpoint.ts";
import { openLiveStore } from "../../../shared/store/live/mod.ts";
import { connectSqlite } from "../../../shared/store/open_sqlite.ts";
import type { LiveTables } from "../../../shared/store/live/sqlite/tables.ts";

Deno.test("live store in a file › what a connection without checkpoints wrote reaches the file by the other's checkpoint", async () => {
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-live-" });
  try {
    const path = `${folder}/live.db`;
    await using keeper = await openLiveStore(path);
    await using writer = await connectSqlite<LiveTables>({ path, checkpoints: false });
    const sizeOf = async () => (await Deno.stat(path)).size;
    await checkpoint(keeper.queries);
    const before = await sizeOf();
    // More than the thousand pages after which a connection makes a checkpoint unless told.
    const snapshot = "x".repeat(5_000_000);
    await writer.queries.insertInto("snapshots").values({ meeting_id: "m", generation: 1, snapshot })
      .execute();
    assertEquals(await sizeOf(), before);
    await checkpoint(keeper.queries);
    assert(await sizeOf() > before + snapshot.length);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
