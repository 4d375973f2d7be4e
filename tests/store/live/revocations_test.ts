import { assertEquals } from "@std/assert";
import { valueOf } from "../../../shared/actor/mod.ts";
import { liveStoreKinds } from "./live_store_kinds.ts";

for (const kind of liveStoreKinds) {
  Deno.test(`live store, ${kind.name} › a removal refuses the tokens issued until then, a ban all`, async () => {
    await using home = await kind.create();
    const store = await home.another();
    const revoked = async (sub: string, issued_ms: number) =>
      valueOf(await store.revocations.ask("revoked", { meeting_id: "m-1", sub, issued_ms }));
    assertEquals(await revoked("ann", 1_000), false);
    valueOf(
      await store.revocations.ask("revoke", { meeting_id: "m-1", sub: "ann", banned: false, at_ms: 5_000 }),
    );
    assertEquals([await revoked("ann", 5_000), await revoked("ann", 5_001)], [true, false]);
    assertEquals(await revoked("bob", 1_000), false);
    valueOf(
      await store.revocations.ask("revoke", { meeting_id: "m-1", sub: "ann", banned: true, at_ms: 6_000 }),
    );
    valueOf(
      await store.revocations.ask("revoke", { meeting_id: "m-1", sub: "ann", banned: false, at_ms: 7_000 }),
    );
    assertEquals(await revoked("ann", 9_000_000_000_000), true);
  });
}
