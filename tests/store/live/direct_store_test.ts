import { DatabaseSync } from "node:sqlite";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { createScope, valueOf } from "../../../shared/actor/mod.ts";
import { openDirectly, openLiveStore } from "../../../shared/store/live/mod.ts";
import { isBusy } from "../../../shared/store/is_busy.ts";
import { openDirectStore } from "../../../shared/store/live/sqlite/direct_store.ts";
import { whileBusy } from "../../../shared/store/while_busy.ts";

Deno.test("live store in a file › a change waits for another connection's write up to its full time", async () => {
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-live-" });
  try {
    const path = `${folder}/live.db`;
    await using keeper = await openLiveStore(path);
    await using scope = createScope();
    const { revocations } = openDirectly(scope, { kind: "sqlite", path });
    using impatient = new DatabaseSync(path, { timeout: 2 });
    const begin = impatient.prepare("BEGIN IMMEDIATE");
    const revoking = await keeper.exclusively("", async () => {
      const revoking = revocations.ask("revoke", { meeting_id: "m-1", sub: "ann", at_ms: 1, banned: true });
      const error = await assertRejects(() => whileBusy(500, () => begin.run(), 2));
      assert(isBusy(error), String(error));
      return { revoking };
    });
    valueOf(await revoking.revoking);
    const token = { meeting_id: "m-1", sub: "ann", issued_ms: 2 };
    assertEquals(valueOf(await revocations.ask("revoked", token)), true);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("live store in a file › removals and bans that are older than any token go with the next one", async () => {
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-live-" });
  try {
    const path = `${folder}/live.db`;
    await using keeper = await openLiveStore(path);
    await using scope = createScope();
    const { revocations } = openDirectly(scope, { kind: "sqlite", path });
    const revoke = async (sub: string, banned: boolean, at_ms: number) =>
      void valueOf(await revocations.ask("revoke", { meeting_id: "m-1", sub, banned, at_ms }));
    const kept = async () =>
      (await keeper.queries.selectFrom("revocations").select("sub").orderBy("sub").execute())
        .map(({ sub }) => sub);
    await revoke("ann", false, 1_000);
    await revoke("bob", true, 1_000);
    await revoke("cleo", true, 3_601_000);
    assertEquals(await kept(), ["ann", "bob", "cleo"]);
    await revoke("dan", false, 3_601_001);
    assertEquals(await kept(), ["cleo", "dan"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("live store in a file › a file that can't be used is not left open", async () => {
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-live-" });
  try {
    const path = `${folder}/live.db`;
    // It is made, and has no tables.
    assertThrows(() => openDirectStore(path), Error, "no such table");
    const open = [...Deno.readDirSync("/proc/self/fd")].map(({ name }) => linkOf(`/proc/self/fd/${name}`));
    assertEquals(open.includes(path), false);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** What a link leads to; `undefined` where it is gone by now. */
function linkOf(path: string): string | undefined {
  try {
    return Deno.readLinkSync(path);
  } catch {
    return undefined;
  }
}
