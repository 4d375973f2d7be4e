import { assert, assertEquals } from "@std/assert";
import { createScope, valueOf } from "../../../shared/actor/mod.ts";
import { checkpoint } from "../../../shared/store/live/sqlite/checkpoint.ts";
import { KEPT_MESSAGES, openDirectly, openLiveStore } from "../../../shared/store/live/mod.ts";
import { place } from "./samples.ts";

const { meeting_id } = place;

/** A live store in a file, with a meeting's lease of generation 1, over two connections. */
async function leasedFile() {
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-live-" });
  const path = `${folder}/live.db`;
  const keeper = await openLiveStore(path);
  const scope = createScope();
  const { snapshots } = openDirectly(scope, { kind: "sqlite", path });
  const { controller_id, instance_id, shard } = place;
  const at = { meeting_id, controller_id, instance_id, shard };
  const row = { ...at, generation: 1, handlers: "[]", facts: "{}", written_back: 0, used_ms: 0 };
  await keeper.queries.insertInto("leases").values(row).execute();
  return {
    path,
    queries: keeper.queries,
    snapshots,
    async [Symbol.asyncDispose]() {
      await scope[Symbol.asyncDispose]();
      await keeper[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

Deno.test("live store in a file › what a connection without checkpoints wrote reaches the file by the other's checkpoint", async () => {
  await using file = await leasedFile();
  const sizeOf = async () => (await Deno.stat(file.path)).size;
  await checkpoint(file.queries);
  const before = await sizeOf();
  // More than the thousand pages after which a connection makes a checkpoint unless told.
  const snapshot = "x".repeat(20_000_000);
  valueOf(await file.snapshots.ask("saveSnapshot", { meeting_id, generation: 1, snapshot, chat: [] }));
  assertEquals(await sizeOf(), before);
  await checkpoint(file.queries);
  assert(await sizeOf() > before + snapshot.length);
});

Deno.test("live store in a file › old messages of a long chat are removed from the file", async () => {
  await using file = await leasedFile();
  for (let number = 1; number <= 3 * KEPT_MESSAGES; number++) {
    const chat = [{ number, message: "text" }];
    valueOf(await file.snapshots.ask("saveSnapshot", { meeting_id, generation: 1, snapshot: null, chat }));
  }
  const rows = await file.queries.selectFrom("chat").selectAll().execute();
  assert(rows.length < 1.5 * KEPT_MESSAGES, `${rows.length} messages are kept`);
});
