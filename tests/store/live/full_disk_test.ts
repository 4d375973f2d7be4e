import { assertEquals } from "@std/assert";
import { createScope, valueOf } from "../../../shared/actor/mod.ts";
import { startLiveStore } from "../../../shared/store/live/mod.ts";
import { withSmallDisk } from "../../small_disk.ts";
import { codeOf, controller, opening, place } from "./samples.ts";

Deno.test("live store › on a full disk it answers unavailable and lives on; with room again it goes on", async () => {
  await withSmallDisk(async ({ path, fill, empty }) => {
    const failures: unknown[] = [];
    await using scope = createScope({ onFailure: (error) => failures.push(error) });
    const live = startLiveStore(scope, { kind: "sqlite", path: `${path}/live.db` });
    valueOf(await live.registrations.ask("registerController", controller, { timeoutMs: 60_000 }));
    valueOf(await live.leases.ask("assign", { ...place, expected_generation: 0 }));
    const lease = valueOf(await live.leases.ask("acquire", opening));
    const save = (snapshot: string) =>
      live.snapshots.ask("saveSnapshot", {
        meeting_id: lease.meeting_id,
        generation: lease.generation,
        snapshot,
        chat: [],
      });
    assertEquals(codeOf(await save("before")), "ok");
    await fill();
    const large = "x".repeat(1 << 20);
    assertEquals(codeOf(await save(large)), "unavailable");
    // Far more often than a failed actor would be restarted.
    for (let n = 0; n < 20; n++) {
      const handlers = [{ id: "mh-1", link_url: large }];
      const other = { ...place, meeting_id: `m-2-${n}`, handlers, expected_generation: 0 };
      const written = await live.leases.ask("assign", other);
      assertEquals(codeOf(written), "unavailable");
    }
    assertEquals(
      valueOf(await live.leases.ask("lease", { meeting_id: "m-1" }))?.generation,
      lease.generation,
    );
    assertEquals(valueOf(await live.registrations.ask("controllers", undefined)).length, 1);
    await empty();
    assertEquals(codeOf(await save("after")), "ok");
    assertEquals(
      codeOf(await live.leases.ask("updateFacts", { meeting_id: "m-1", facts: place.facts })),
      "ok",
    );
    assertEquals(valueOf(await live.snapshots.ask("loadSnapshot", { meeting_id: "m-1" })).snapshot, "after");
    assertEquals(failures, []);
  });
});
