import { assertEquals } from "@std/assert";
import type { Migrated } from "../../../meeting/state/migration.ts";
import { untilMoved } from "../../../meeting/shard/until_moved.ts";

/** Hands a meeting over that becomes of this, with 10 s and each time taking 3 s. */
async function handOver(...outcomes: readonly Migrated[]) {
  let times = 0;
  const migrate = () => Promise.resolve({ ok: true, value: outcomes[times++] ?? "taken_back" } as const);
  const isMoved = await untilMoved(migrate, () => 10_000 - 3_000 * times);
  return { isMoved, times };
}

Deno.test("hand-over › a meeting that was taken back is handed over again, while there is the time", async () => {
  assertEquals(await handOver("taken_back", "moved"), { isMoved: true, times: 2 });
  assertEquals(await handOver(), { isMoved: false, times: 3 });
});

Deno.test("hand-over › a meeting for which there is no other controller is not tried again", async () => {
  assertEquals(await handOver("stayed", "moved"), { isMoved: false, times: 1 });
});

Deno.test("hand-over › of a meeting that doesn't answer nothing is known", async () => {
  const code = "timeout" as const;
  const failed = () => Promise.resolve({ ok: false, error: { code, message: "too late" } } as const);
  assertEquals(await untilMoved(failed, () => 10_000), false);
});
